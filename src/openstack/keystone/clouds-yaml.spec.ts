import { describe, expect, it } from '@jest/globals';
import { cloudLogin, cloudsYamlPaths } from './clouds-yaml.js';

const openrc = {
  OS_AUTH_URL: 'http://127.101.7.1:5000/v3',
  OS_USERNAME: 'demo',
  OS_PASSWORD: 'secret',
  OS_PROJECT_NAME: 'demo',
  OS_USER_DOMAIN_NAME: 'Default',
  OS_PROJECT_DOMAIN_NAME: 'Default',
};

const cloudsYaml = `
clouds:
  production:
    auth:
      auth_url: https://keystone.example.org/v3
      username: ada
      project_name: research
      user_domain_name: People
      project_domain_id: 8f2c
    region_name: RegionTwo
    interface: internal
    cacert: /etc/ca.pem
    container-infra_endpoint_override: https://magnum.example.org/v1
  robots:
    auth_type: v3applicationcredential
    auth:
      auth_url: https://keystone.example.org/v3
      application_credential_id: 77aa
      application_credential_secret: s3cret
    verify: false
`;
const secureYaml = 'clouds: {production: {auth: {password: from-secure}}}';

describe('cloudLogin from the environment', () => {
  it('reads an openrc file', () => {
    expect(cloudLogin({ environment: openrc })).toEqual({
      credentials: {
        kind: 'password',
        authUrl: 'http://127.101.7.1:5000/v3',
        user: { name: 'demo', domain: { name: 'Default' } },
        password: 'secret',
        scope: { project: { name: 'demo', domain: { name: 'Default' } } },
      },
      region: null,
      interface: 'public',
      caFile: null,
      insecure: false,
      endpointOverrides: {},
    });
  });

  it.each([
    ['a project by its id', { OS_PROJECT_ID: '42' }, { scope: { project: { id: '42' } } }],
    ['a user by its id', { OS_USER_ID: '42' }, { user: { id: '42' } }],
    ['a domain by its id, rather than its name', { OS_USER_DOMAIN_ID: '42' }, { user: { name: 'demo', domain: { id: '42' } } }],
    ['no project at all', { OS_PROJECT_NAME: '' }, { scope: 'unscoped' }],
    ['a token', { OS_TOKEN: 'gAAAA', OS_AUTH_TYPE: 'v3token' }, { kind: 'token', token: 'gAAAA' }],
    ['an application credential', { OS_APPLICATION_CREDENTIAL_ID: 'a', OS_APPLICATION_CREDENTIAL_SECRET: 'b' }, { kind: 'application-credential', credential: { id: 'a' } }],
  ])('reads %s', (_, more, credentials) => {
    expect(cloudLogin({ environment: { ...openrc, ...more } }).credentials).toMatchObject(credentials);
  });

  it('takes the first domain when nothing names one', () => {
    const { OS_AUTH_URL, OS_USERNAME, OS_PASSWORD } = openrc;
    expect(cloudLogin({ environment: { OS_AUTH_URL, OS_USERNAME, OS_PASSWORD } }).credentials).toMatchObject({ user: { domain: { id: 'default' } } });
  });

  it('takes endpoints, region and interface', () => {
    const environment = { ...openrc, OS_REGION_NAME: 'RegionOne', OS_INTERFACE: 'adminURL', OS_CONTAINER_INFRA_ENDPOINT_OVERRIDE: 'http://127.0.0.1:9511/v1' };
    expect(cloudLogin({ environment })).toMatchObject({
      region: 'RegionOne',
      interface: 'admin',
      endpointOverrides: { 'container-infra': 'http://127.0.0.1:9511/v1' },
    });
  });

  it.each([
    ['OS_AUTH_URL', 'OS_AUTH_URL'],
    ['OS_USERNAME', 'OS_USERNAME'],
    ['OS_PASSWORD', 'OS_PASSWORD'],
  ])('says that %s is missing', (name) => {
    expect(() => cloudLogin({ environment: { ...openrc, [name]: '' } })).toThrow(`${name} is missing`);
  });

  it('refuses what it does not know', () => {
    expect(() => cloudLogin({ environment: { ...openrc, OS_AUTH_TYPE: 'v3oidcpassword' } })).toThrow(/v3oidcpassword is not supported/);
    expect(() => cloudLogin({ environment: { ...openrc, OS_INTERFACE: 'private' } })).toThrow(/interface private is unknown/);
  });
});

describe('cloudLogin from clouds.yaml', () => {
  it('reads the named cloud and its secrets, and not the environment', () => {
    const login = cloudLogin({ environment: { ...openrc, OS_CLOUD: 'production' }, cloudsYaml, secureYaml });
    expect(login).toEqual({
      credentials: {
        kind: 'password',
        authUrl: 'https://keystone.example.org/v3',
        user: { name: 'ada', domain: { name: 'People' } },
        password: 'from-secure',
        scope: { project: { name: 'research', domain: { id: '8f2c' } } },
      },
      region: 'RegionTwo',
      interface: 'internal',
      caFile: '/etc/ca.pem',
      insecure: false,
      endpointOverrides: { 'container-infra': 'https://magnum.example.org/v1' },
    });
  });

  it('prefers the cloud that the caller names', () => {
    const login = cloudLogin({ environment: { OS_CLOUD: 'production' }, cloudsYaml, cloud: 'robots' });
    expect(login).toMatchObject({ credentials: { kind: 'application-credential', credential: { id: '77aa' }, secret: 's3cret' }, insecure: true });
  });

  it.each([
    ['a cloud that is not there', 'staging', cloudsYaml, /no cloud staging. Clouds: production, robots/],
    ['no file', 'production', undefined, /there is no clouds.yaml/],
    ['a missing value', 'production', cloudsYaml, /password of cloud production in clouds.yaml is missing/],
    ['text that is not YAML', 'production', 'clouds: [', /clouds.yaml is not YAML/],
    ['another structure', 'production', 'clouds: 7', /clouds.yaml is not as it should be/],
    ['an empty file', 'production', '', /Clouds: none/],
  ])('explains %s', (_, cloud, text, message) => {
    expect(() => cloudLogin({ environment: {}, cloud, ...(text === undefined ? {} : { cloudsYaml: text }) })).toThrow(message);
  });
});

describe('cloudsYamlPaths', () => {
  it('looks where OpenStack clients look', () => {
    expect(cloudsYamlPaths({}, '/home/ada', '/srv/app')).toEqual(['/srv/app/clouds.yaml', '/home/ada/.config/openstack/clouds.yaml', '/etc/openstack/clouds.yaml']);
    expect(cloudsYamlPaths({ OS_CLIENT_CONFIG_FILE: '/x.yaml', XDG_CONFIG_HOME: '/c' }, '/home/ada', '/srv/app')[0]).toBe('/x.yaml');
  });
});
