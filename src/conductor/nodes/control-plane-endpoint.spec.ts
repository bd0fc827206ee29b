import { describe, expect, it } from '@jest/globals';
import { controlPlaneEndpoint } from './control-plane-endpoint.js';

const spec = { clusterId: 'c', apiPort: 6443 };
const slot = (index: number, stackOutputs: Record<string, unknown>) => ({ index, stackOutputs });
const fixed = slot(0, { address: '10.0.0.5', floating_address: null });
const floating = slot(0, { address: '10.0.0.5', floating_address: '127.1.2.3' });

describe('controlPlaneEndpoint', () => {
  it.each([
    { when: 'slot 0 floats', slots: [floating], infra: {}, then: '127.1.2.3:6443' },
    { when: 'nothing floats', slots: [fixed], infra: {}, then: '10.0.0.5:6443' },
    { when: 'there are several slots', slots: [slot(1, { address: '10.0.0.9' }), fixed], infra: null, then: '10.0.0.5:6443' },
    { when: 'a load balancer stands in front', slots: [floating], infra: { api_address: '10.0.0.8', api_floating_address: null }, then: '10.0.0.8:6443' },
    { when: 'the load balancer floats', slots: [floating], infra: { api_address: '10.0.0.8', api_floating_address: '127.9.9.9' }, then: '127.9.9.9:6443' },
  ])('is $then when $when', ({ slots, infra, then }) => {
    expect(controlPlaneEndpoint(spec, slots, infra)).toBe(then);
  });

  it('refuses to guess', () => {
    expect(() => controlPlaneEndpoint(spec, [], {})).toThrow('no address');
  });
});
