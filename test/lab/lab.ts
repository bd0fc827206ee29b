import { join } from 'node:path';
import type { Child } from '../../src/launch/child.js';
import { startEnvironment, type Environment } from '../../src/launch/environment.js';
import { mustRunCoe } from '../../src/launch/run-coe.js';
import { CloudSession } from '../support/cloud-session.js';
import { sweepEarlierRuns } from './clean-up.js';
import { startGuestAgent, type GuestAgentProcess } from './guest-agent-process.js';
import { readyNodes } from './kubeconfig-nodes.js';
import { authUrl, labPassword, type LabPlace } from './lab-scripts.js';
import { LabServices } from './lab-services.js';
import { clusterDomain, prepareCloud, registerContainerInfra, serviceUser } from './prepare-cloud.js';
import { untilSole } from './sole-run.js';
import type { Person } from './tenant.js';

export interface LabOptions {
  /** For the database, the guests' disks and logs of this run. */
  readonly folder: string;
  readonly system: Readonly<Record<string, string>>;
  readonly place: LabPlace;
}

/** Jeroboam on a real cloud whose machines are played. */
export interface Lab {
  readonly admin: CloudSession;
  readonly adminPassword: string;
  readonly environment: Environment;
  readonly services: LabServices;
  readonly proxyUrl: string;
  /** Names of the nodes that are Ready, as the cluster tells somebody who asked our client for a kubeconfig. */
  readyNodes(person: Person, projectName: string, clusterId: string, folder: string): Promise<string[]>;
  /** Kills the conductor with SIGKILL; the one that is started afterwards knows only what the database tells it. */
  killConductor(): Promise<void>;
  startConductor(): void;
  /** Rejects when a process of this run ends by itself. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/**
 * A machine's time to join, short enough to see it pass (s). The real services' own work is not in it: the time runs from
 * its server being active on.
 */
const bootDeadlineSeconds = 120;

/** Waits until nobody else uses the cloud, prepares it for Jeroboam and starts the guest agent. */
export async function playMachines({ folder, system, place }: LabOptions): Promise<{ admin: CloudSession; agent: GuestAgentProcess }> {
  const { say } = place;
  await untilSole(say);
  const admin = await CloudSession.logIn(authUrl, { user: 'admin', password: labPassword, project: 'admin' });
  await prepareCloud(admin, labPassword);
  const agent = await startGuestAgent({ authUrl, password: labPassword, dataDir: join(folder, 'guests'), logFile: join(folder, 'log/guest-agent.log'), system });
  try {
    // After the agent has its port, and with it the cloud for itself: a project may belong to somebody's run until then.
    for (const name of await sweepEarlierRuns(admin, labPassword)) say(`  cleaned up after an earlier run: ${name}`);
    return { admin, agent };
  } catch (error) {
    await agent.stop();
    throw error;
  }
}

/** Starts the guest agent, a database and every role on a cloud that is up. */
export async function startLab({ folder, system, place }: LabOptions): Promise<Lab> {
  const { admin, agent } = await playMachines({ folder, system, place });
  try {
    const environment = await startEnvironment({
      ...{ dataFolder: folder, system, simulatorOptions: [], processes: 'separate', say: () => undefined },
      settings: { ...cloudSettings(agent.proxyUrl), JEROBOAM_NODE_BOOT_DEADLINE_SECONDS: String(bootDeadlineSeconds), JEROBOAM_LOG_LEVEL: 'debug' },
    });
    await registerContainerInfra(admin, environment.apiUrl);
    const killedOnPurpose = new Set<Child>();
    let reportBreak: (error: Error) => void = () => undefined;
    const broken = new Promise<never>((_, reject) => (reportBreak = reject));
    broken.catch(() => undefined);
    const watch = (child: Child): Child => {
      void child.ended.then((sentence) => killedOnPurpose.has(child) || reportBreak(new Error(sentence)));
      return child;
    };
    for (const child of [agent, ...Object.values(environment.servers)]) watch(child);
    let conductor = environment.servers['conductor'];
    return {
      ...{ admin, adminPassword: labPassword, environment, proxyUrl: agent.proxyUrl, broken, services: new LabServices(place) },
      killConductor: async () => {
        if (!conductor) throw new Error('no conductor runs');
        killedOnPurpose.add(conductor);
        conductor.process.kill('SIGKILL');
        await conductor.ended;
      },
      startConductor: () => {
        conductor = watch(environment.startRole('conductor'));
      },
      readyNodes: async (person, projectName, clusterId, into) => {
        await mustRunCoe(['cluster', 'config', clusterId, '--dir', into, '--force'], { ...system, ...shellOf(person, projectName) });
        return readyNodes(join(into, 'config'), agent.proxyUrl);
      },
      stop: async () => {
        await environment.stop();
        await agent.stop();
      },
    };
  } catch (error) {
    await agent.stop();
    throw error;
  }
}

/** What Jeroboam must be told about the lab's cloud. */
export const cloudSettings = (proxyUrl: string): Record<string, string> => ({
  JEROBOAM_OS_AUTH_URL: authUrl,
  JEROBOAM_OS_USERNAME: serviceUser,
  JEROBOAM_OS_PASSWORD: labPassword,
  JEROBOAM_CLUSTER_DOMAIN_NAME: clusterDomain,
  JEROBOAM_CLUSTER_PROXIES: JSON.stringify({ '*': proxyUrl }),
});

/** What a person sources before using a client. */
const shellOf = ({ name, password }: Person, projectName: string): Record<string, string> => ({
  ...{ OS_AUTH_URL: authUrl, OS_AUTH_TYPE: 'password', OS_IDENTITY_API_VERSION: '3', OS_REGION_NAME: 'RegionOne' },
  ...{ OS_USERNAME: name, OS_PASSWORD: password, OS_USER_DOMAIN_NAME: 'Default' },
  ...{ OS_PROJECT_NAME: projectName, OS_PROJECT_DOMAIN_NAME: 'Default' },
});
