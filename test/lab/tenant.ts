import { randomBytes } from 'node:crypto';
import { CloudSession } from '../support/cloud-session.js';
import { idOf } from './prepare-cloud.js';

/** Roles of an ordinary person who may use Heat and load balancers; never admin. */
const roles = ['member', 'reader', 'heat_stack_owner', 'load-balancer_member', 'creator'];

export const keypairName = 'lab';
/** A public key that nobody has the other half of: machines of the lab are never logged in to. */
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw lab';

export interface Person {
  readonly name: string;
  readonly password: string;
  readonly id: string;
  readonly session: CloudSession;
}

/** A project for one run alone, so that whatever is found in it afterwards was left by this run. */
export interface Tenant {
  readonly projectId: string;
  readonly projectName: string;
  /** Somebody without admin, with a keypair. */
  addPerson(name: string): Promise<Person>;
  /** admin with a token of this project, for looking around in it. */
  readonly overseer: CloudSession;
  /** Removes persons and the project; to be called when the project is empty. */
  remove(): Promise<void>;
}

export const tenantPrefix = 'jeroboam-lab-';

export async function createTenant(admin: CloudSession, adminPassword: string): Promise<Tenant> {
  const projectName = `${tenantPrefix}${randomBytes(4).toString('hex')}`;
  const { project } = await admin.must<{ project: { id: string } }>('identity', 'POST', '/projects', { project: { name: projectName, domain_id: 'default' } });
  const overseer = await overseerOf(admin, adminPassword, project.id, projectName);
  const persons: string[] = [];
  return {
    projectId: project.id,
    projectName,
    overseer,
    addPerson: async (name) => {
      const person = await addPerson(admin, `${projectName}-${name}`, projectName, project.id);
      persons.push(person.id);
      return person;
    },
    remove: async () => {
      for (const id of persons) await admin.call('identity', 'DELETE', `/users/${id}`);
      await removeProject(admin, project.id);
    },
  };
}

/** Admin's own session in somebody's project: Heat and Nova show some things only from inside. */
export async function overseerOf(admin: CloudSession, adminPassword: string, projectId: string, projectName: string): Promise<CloudSession> {
  await admin.must('identity', 'PUT', `/projects/${projectId}/users/${admin.userId}/roles/${await idOf(admin, 'roles', 'admin')}`);
  return CloudSession.logIn(admin.authUrl, { user: 'admin', password: adminPassword, project: projectName });
}

/** Neutron makes a default group for every project that it hears of, and only admins may delete it. */
export async function removeProject(admin: CloudSession, projectId: string): Promise<void> {
  const { security_groups: groups } = await admin.get<{ security_groups: { id: string }[] }>('network', `/v2.0/security-groups?project_id=${projectId}&name=default`);
  for (const { id } of groups) await admin.must('network', 'DELETE', `/v2.0/security-groups/${id}`);
  await admin.must('identity', 'DELETE', `/projects/${projectId}`);
}

async function addPerson(admin: CloudSession, name: string, projectName: string, projectId: string): Promise<Person> {
  const password = randomBytes(12).toString('hex');
  const { user } = await admin.must<{ user: { id: string } }>('identity', 'POST', '/users', { user: { name, password, domain_id: 'default' } });
  for (const role of roles) await admin.must('identity', 'PUT', `/projects/${projectId}/users/${user.id}/roles/${await idOf(admin, 'roles', role)}`);
  const session = await CloudSession.logIn(admin.authUrl, { user: name, password, project: projectName });
  await session.must('compute', 'POST', '/os-keypairs', { keypair: { name: keypairName, public_key: publicKey } });
  return { name, password, id: user.id, session };
}
