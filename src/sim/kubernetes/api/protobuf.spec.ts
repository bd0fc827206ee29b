import { describe, expect, it } from '@jest/globals';
import { decodeProtobuf } from './protobuf.js';

/** One length-delimited field, its number before it. */
const field = (number: number, content: Buffer | string): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
};
const varint = (number: number, value: number): Buffer => Buffer.from([number * 8, value]);
const all = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
const document = (kind: string, raw: Buffer): Buffer => all(Buffer.from('k8s\0'), field(1, all(field(1, 'v1'), field(2, kind))), field(2, raw));

describe('decodeProtobuf', () => {
  it('reads texts, maps, lists, numbers and messages', () => {
    const container = all(field(1, 'c'), field(2, 'image:1'), field(6, all(field(1, ''), varint(3, 80))));
    const template = field(3, all(field(1, field(11, all(field(1, 'app'), field(2, 'web')))), field(2, field(2, container))));
    expect(decodeProtobuf(document('Deployment', all(field(1, field(1, 'web')), field(2, all(varint(1, 3), template)))))).toEqual({
      apiVersion: 'v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 3, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'image:1', ports: [{ containerPort: 80 }] }] } } },
    });
  });

  it.each([
    { what: 'a number', content: all(varint(1, 0), varint(2, 4)), value: 4 },
    { what: 'a share', content: all(varint(1, 1), field(3, '50%')), value: '50%' },
  ])('reads $what that may be either', ({ content, value }) => {
    expect(decodeProtobuf(document('PodDisruptionBudget', field(2, field(1, content))))).toMatchObject({ spec: { minAvailable: value } });
  });

  it.each([
    { what: 'an unknown kind', bytes: document('Nothing', Buffer.alloc(0)) },
    { what: 'an unknown field with a value', bytes: document('ConfigMap', field(9, 'x')) },
    { what: 'what is cut short', bytes: document('ConfigMap', field(2, 'xyz')).subarray(0, -1) },
    { what: 'what is not Kubernetes’ protobuf', bytes: Buffer.from('{}') },
  ])('refuses $what', ({ bytes }) => {
    expect(() => decodeProtobuf(bytes)).toThrow('415');
  });

  it('passes over an unknown field without a value', () => {
    expect(decodeProtobuf(document('ConfigMap', all(field(9, ''), varint(8, 0))))).toEqual({ apiVersion: 'v1', kind: 'ConfigMap' });
  });
});
