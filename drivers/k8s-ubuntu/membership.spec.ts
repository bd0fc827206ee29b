import { describe, expect, it } from '@jest/globals';
import { clusterSpec, driver, group, infraOutputs } from '../../test/k8s-ubuntu/cluster-fixture.js';

const spec = clusterSpec();
const filesOf = (members: Parameters<typeof driver.renderGroup>[3], templates = spec.templates) => driver.renderGroup({ ...spec, templates }, group('worker'), infraOutputs, members).files;
const nested = (members: Parameters<typeof driver.renderGroup>[3]): unknown => JSON.parse(filesOf(members)?.['kube-minions.yaml'] ?? 'null');

describe('membershipFiles', () => {
  it('names one resource a member and gives refs_map the servers', () => {
    const members = [
      { index: 0, nodeName: 'blue-worker-abcde', serverId: 'server-a' },
      { index: 7, nodeName: 'blue-worker-fghij', serverId: null },
    ];
    expect(nested(members)).toMatchObject({
      resources: {
        '0': { type: 'OS::Heat::Value', properties: { value: 'blue-worker-abcde' } },
        '7': { type: 'OS::Heat::Value', properties: { value: 'blue-worker-fghij' } },
      },
      outputs: { refs_map: { value: { '0': 'server-a', '7': 'kube-minion' } } },
    });
  });

  it('gives an empty group a map as well, because tools do not look before they read it', () => {
    expect(nested([])).toMatchObject({ resources: {}, outputs: { refs_map: { value: {} } } });
  });

  it('never names a server as a resource, so that Heat cannot own one', () => {
    expect(JSON.stringify(nested([{ index: 0, nodeName: 'a', serverId: 'server-a' }]))).not.toMatch(/OS::Nova|external_id/);
  });

  it('leaves groups alone whose template was frozen before there was a façade', () => {
    expect(filesOf([], { 'group.yaml': 'heat_template_version: 2021-04-16' })).toBeUndefined();
  });
});
