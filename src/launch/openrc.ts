import { writeFileSync } from 'node:fs';
import type { CloudFacts } from './simulated-cloud.js';

/** Shell settings of a person of the simulated cloud, for `coe` and `openstack`; Jeroboam itself reads only JEROBOAM_*. */
export function personEnvironment(facts: CloudFacts, person: string): Record<string, string> {
  return {
    OS_AUTH_URL: facts.auth_url,
    OS_AUTH_TYPE: 'password',
    OS_IDENTITY_API_VERSION: '3',
    OS_USERNAME: person,
    OS_PASSWORD: facts.password,
    OS_PROJECT_NAME: person,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_REGION_NAME: facts.region,
  };
}

export function writeOpenrc(file: string, facts: CloudFacts, person: string): void {
  const lines = Object.entries(personEnvironment(facts, person)).map(([name, value]) => `export ${name}='${value}'`);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
}
