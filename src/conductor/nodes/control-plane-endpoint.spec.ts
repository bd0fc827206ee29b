import { describe, expect, it } from '@jest/globals';
import { apiServerNames, controlPlaneEndpoint, outsideEndpoint } from './control-plane-endpoint.js';

const spec = { clusterId: 'c', apiPort: 6443 };
const slot = (index: number, stackOutputs: Record<string, unknown>) => ({ index, stackOutputs });
const fixed = slot(0, { address: '10.0.0.5', floating_address: null });
const floating = slot(0, { address: '10.0.0.5', floating_address: '127.1.2.3' });

const balancer = { api_address: '10.0.0.8', api_floating_address: null };

describe('the ways to the Kubernetes API', () => {
  it.each([
    { when: 'slot 0 floats', slots: [floating], infra: {}, nodes: '10.0.0.5:6443', outside: '127.1.2.3:6443', floats: true },
    { when: 'nothing floats', slots: [fixed], infra: {}, nodes: '10.0.0.5:6443', outside: '10.0.0.5:6443', floats: false },
    { when: 'there are several slots', slots: [slot(1, { address: '10.0.0.9' }), fixed], infra: null, nodes: '10.0.0.5:6443', outside: '10.0.0.5:6443', floats: false },
    { when: 'a load balancer stands before slots that float', slots: [floating], infra: balancer, nodes: '10.0.0.8:6443', outside: '10.0.0.8:6443', floats: false },
    { when: 'the load balancer floats', slots: [fixed], infra: { ...balancer, api_floating_address: '127.9.9.9' }, nodes: '10.0.0.8:6443', outside: '127.9.9.9:6443', floats: true },
  ])('are $nodes for nodes and $outside for others when $when', ({ slots, infra, nodes, outside, floats }) => {
    expect(controlPlaneEndpoint(spec, slots, infra)).toBe(nodes);
    expect(outsideEndpoint(spec, slots, infra)).toEqual({ endpoint: outside, floats });
  });

  it('are not guessed', () => {
    expect(() => controlPlaneEndpoint(spec, [], {})).toThrow('no address');
    expect(() => outsideEndpoint(spec, [], {})).toThrow('no address');
  });
});

describe('apiServerNames', () => {
  it('holds every address of the load balancer and of all slots', () => {
    const slots = [floating, slot(1, { address: '10.0.0.6', floating_address: null })];
    expect(apiServerNames(slots, { ...balancer, api_floating_address: '127.9.9.9' })).toEqual(['10.0.0.8', '127.9.9.9', '10.0.0.5', '127.1.2.3', '10.0.0.6']);
  });
});
