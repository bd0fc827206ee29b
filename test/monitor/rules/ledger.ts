import { clusterOfStack, clusterOfUser, clusterTag } from '../names.js';
import { grantNames, type Memory } from '../memory.js';
import type { Sample, Violation } from '../sample.js';

interface Made {
  readonly id: string;
  readonly type: 'heat-stack' | 'keystone-user' | 'keystone-grant' | undefined;
  readonly name: string;
  readonly what: string;
}

/** What may stand on its own has no unique name in OpenStack and is made by Heat alone. */
const nameless: Readonly<Record<string, RegExp>> = {
  compute: /\/servers$/,
  network: /\/(ports|floatingips)(\.json)?$/,
  volumev3: /\/volumes$/,
};

/**
 * Invariant 6: whatever was made outside had its line in the ledger before it was asked for (the database is read after
 * the cloud, so a line that is missing came too late), and what has no unique name was made inside stacks.
 */
export function judgeLedger(memory: Memory, { cloud, database, requests }: Sample): Violation[] {
  const lines = new Set(database.ledger.map(({ type, name }) => `${type} ${name}`));
  const names = new Set(database.ledger.map(({ name }) => name));
  const isWritten = ({ type, name }: Made): boolean => (type === undefined ? names.has(name) : lines.has(`${type} ${name}`));
  const unwritten = outsideThings(memory, cloud).filter((made) => !memory.ledgered.has(made.id) && !isWritten(made));
  const strayTags = cloud.stacks.filter((stack) => {
    const cluster = clusterOfStack(stack);
    return cluster !== undefined && !(stack.tags.includes(clusterTag(cluster)) && stack.tags.includes('jeroboam'));
  });
  const direct = requests.filter(
    ({ service, method, path, status, user_id }) =>
      method === 'POST' && status < 300 && user_id !== null && memory.ourUsers.has(user_id) && nameless[service]?.test(path.split('?')[0] ?? ''),
  );
  return [
    ...unwritten.map(({ id, what }) => ({ invariant: 6 as const, rule: 'not-in-ledger', subject: id, message: `${what} exists and the ledger has no line for it` })),
    ...strayTags.map(({ id, name, tags }) => ({ invariant: 6 as const, rule: 'stack-without-tag', subject: id, message: `stack ${name} has the tags [${tags.join(', ')}]` })),
    ...direct.map(({ seq, service, path, user_id }) => ({
      invariant: 6 as const,
      rule: 'made-outside-stacks',
      subject: String(seq),
      message: `${memory.ourUsers.get(user_id ?? '') ?? ''} made something with POST ${service} ${path}, not through a stack`,
    })),
  ];
}

function outsideThings(memory: Memory, cloud: Sample['cloud']): Made[] {
  const grants = grantNames(cloud);
  const isClusterUser = new Set(cloud.users.filter(({ name }) => clusterOfUser(name) !== undefined).map(({ id }) => id));
  return [
    ...cloud.stacks
      .filter((stack) => clusterOfStack(stack) !== undefined || memory.ourUsers.has(stack.user_id))
      .map(({ id, name }) => ({ id, name, type: 'heat-stack' as const, what: `stack ${name}` })),
    ...cloud.users.filter(({ id }) => isClusterUser.has(id)).map(({ id, name }) => ({ id, name, type: 'keystone-user' as const, what: `user ${name}` })),
    ...cloud.role_assignments
      .filter(({ user_id }) => isClusterUser.has(user_id))
      .map(({ id }) => ({ id, name: grants.get(id) ?? '', type: 'keystone-grant' as const, what: `grant ${grants.get(id) ?? id}` })),
    ...cloud.application_credentials
      .filter(({ user_id }) => isClusterUser.has(user_id))
      .map(({ id, name }) => ({ id, name, type: undefined, what: `application credential ${name}` })),
  ];
}
