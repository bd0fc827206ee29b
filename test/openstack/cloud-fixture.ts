import { createCloud, type Cloud, type CloudClients } from '../../src/openstack/cloud.js';
import type { CloudOptions } from '../../src/openstack/cloud-options.js';
import type { TransportOptions } from '../../src/openstack/http-transport.js';
import type { SimulatedCloud } from '../support/simulated-cloud.js';

/** The simulator as our processes would be configured for it: the service user, short pauses. */
export function cloudOf(simulated: SimulatedCloud, transport: Partial<TransportOptions> = {}): Cloud {
  const domain = { name: 'Default' };
  const options: CloudOptions = {
    service: {
      kind: 'password',
      authUrl: simulated.authUrl,
      user: { name: 'jeroboam', domain },
      password: simulated.password,
      scope: { project: { name: 'service', domain } },
    },
    region: simulated.region,
    interface: 'public',
    transport: { connectTimeoutMs: 2000, timeoutMs: 5000, retries: 3, retryWindowMs: 10_000, answerLimitBytes: 10_000_000, ...transport },
  };
  return createCloud(options);
}

/** What a request with this person's token may do. */
export async function clientsOf(cloud: Cloud, simulated: SimulatedCloud, person: string): Promise<CloudClients> {
  const token = await cloud.asService().keystone.validateToken(await simulated.token(person));
  if (!token) throw new Error(`The simulator does not know its own token for ${person}.`);
  return cloud.withToken(token);
}
