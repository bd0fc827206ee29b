import { join } from 'node:path';
import { startEnvironment, type Environment } from '../../src/launch/environment.js';
import { mustRunCoe } from '../../src/launch/run-coe.js';
import { CloudSession } from './cloud-session.js';
import { sweepEarlierRuns } from './clean-up.js';
import { startGuestAgent } from './guest-agent-process.js';
import { readyNodes } from './kubeconfig-nodes.js';
import { authUrl, labPassword } from './lab-scripts.js';
import { clusterDomain, prepareCloud, registerContainerInfra, serviceUser } from './prepare-cloud.js';
import type { Person } from './tenant.js';

export interface LabOptions {
  /** For the database, the guests' disks and logs of this run. */
  readonly folder: string;
  readonly system: Readonly<Record<string, string>>;
  readonly say: (line: string) => void;
}

/** Jeroboam on a real cloud whose machines are played. */
export interface Lab {
  readonly admin: CloudSession;
  readonly adminPassword: string;
  readonly environment: Environment;
  readonly proxyUrl: string;
  /** Names of the nodes that are Ready, as the cluster tells somebody who asked our client for a kubeconfig. */
  readyNodes(person: Person, projectName: string, clusterId: string, folder: string): Promise<string[]>;
  /** Rejects when a process of this run ends by itself. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** Prepares the cloud for Jeroboam, and starts the guest agent, a database and every role. */
export async function startLab({ folder, system, say }: LabOptions): Promise<Lab> {
  const admin = await CloudSession.logIn(authUrl, { user: 'admin', password: labPassword, project: 'admin' });
  await prepareCloud(admin, labPassword);
  for (const name of await sweepEarlierRuns(admin, labPassword)) say(`  cleaned up after an earlier run: ${name}`);
  const agent = await startGuestAgent({ authUrl, password: labPassword, dataDir: join(folder, 'guests'), logFile: join(folder, 'log/guest-agent.log'), system });
  try {
    const environment = await startEnvironment({
      ...{ dataFolder: folder, system, simulatorOptions: [], processes: 'all', say: () => undefined },
      settings: {
        JEROBOAM_OS_AUTH_URL: authUrl,
        JEROBOAM_OS_USERNAME: serviceUser,
        JEROBOAM_OS_PASSWORD: labPassword,
        JEROBOAM_CLUSTER_DOMAIN_NAME: clusterDomain,
        JEROBOAM_CLUSTER_PROXIES: JSON.stringify({ '*': agent.proxyUrl }),
        JEROBOAM_LOG_LEVEL: 'debug',
      },
    });
    await registerContainerInfra(admin, environment.apiUrl);
    const agentBroke = agent.ended.then((sentence) => Promise.reject(new Error(sentence)));
    const broken = Promise.race([environment.broken, agentBroke]);
    broken.catch(() => undefined);
    return {
      ...{ admin, adminPassword: labPassword, environment, proxyUrl: agent.proxyUrl, broken },
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

/** What a person sources before using a client. */
const shellOf = ({ name, password }: Person, projectName: string): Record<string, string> => ({
  ...{ OS_AUTH_URL: authUrl, OS_AUTH_TYPE: 'password', OS_IDENTITY_API_VERSION: '3', OS_REGION_NAME: 'RegionOne' },
  ...{ OS_USERNAME: name, OS_PASSWORD: password, OS_USER_DOMAIN_NAME: 'Default' },
  ...{ OS_PROJECT_NAME: projectName, OS_PROJECT_DOMAIN_NAME: 'Default' },
});
