import { describe, expect, it } from '@jest/globals';
import type { Fields, KubeObject } from '../objects/kube-object.js';
import { managedFieldsAfterUpdate } from './managed-fields.js';
import { applyServerSide } from './server-side-apply.js';

const apiVersion = 'apps/v1';
const document = (spec: Fields, labels?: Record<string, string>): Fields => ({ apiVersion, kind: 'Deployment', metadata: { name: 'web', ...(labels && { labels }) }, spec });
const empty = { apiVersion, kind: 'Deployment', metadata: { name: 'web' } } as unknown as KubeObject;
const template = (containers: Fields[]): Fields => ({ template: { spec: { containers } } });

function apply(live: KubeObject, wanted: Fields, name: string, force = false): KubeObject {
  const result = applyServerSide('Deployment', live, wanted, { name, apiVersion }, force);
  if (result.kind === 'conflicts') throw new Error(result.conflicts.map(({ manager, field }) => `${field} of ${manager}`).join(', '));
  return result.object;
}

/** Somebody's ordinary write. */
function update(live: KubeObject, changes: Fields, name: string): KubeObject {
  const after = { ...live, ...changes };
  return { ...after, metadata: { ...after.metadata, managedFields: managedFieldsAfterUpdate('Deployment', live, after, { name, apiVersion }) } };
}

const owners = (object: KubeObject): string[] => (object.metadata.managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`);

describe('applyServerSide', () => {
  it('creates what is not there and records its owner', () => {
    const object = apply(empty, document({ replicas: 1 }), 'a');
    expect(object).toMatchObject({ spec: { replicas: 1 } });
    expect(object.metadata.managedFields).toMatchObject([{ manager: 'a', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }]);
  });

  it('removes what its manager no longer wants', () => {
    const first = apply(empty, document({ replicas: 1, paused: true }, { keep: 'x', drop: 'y' }), 'a');
    expect(apply(first, document({ replicas: 1 }, { keep: 'x' }), 'a')).toMatchObject({ spec: { replicas: 1 }, metadata: { labels: { keep: 'x' } } });
    expect(apply(first, document({ replicas: 1 }), 'a')['spec']).toEqual({ replicas: 1 });
  });

  it('leaves what another manager wants too', () => {
    const both = apply(apply(empty, document({ replicas: 1, paused: true }), 'a'), document({ paused: true }), 'b');
    expect(apply(both, document({ replicas: 1 }), 'a')['spec']).toEqual({ replicas: 1, paused: true });
  });

  it('refuses to change what another manager owns, unless forced', () => {
    const object = apply(empty, document(template([{ name: 'c', image: '1' }])), 'a');
    const wanted = document(template([{ name: 'c', image: '2' }]));
    expect(() => apply(object, wanted, 'b')).toThrow('.spec.template.spec.containers[name="c"].image of a');
    const forced = apply(object, wanted, 'b', true);
    expect(forced).toMatchObject({ spec: template([{ name: 'c', image: '2' }]) });
    // The first manager keeps the name of the container, but not the image.
    expect(JSON.stringify(forced.metadata.managedFields?.find(({ manager }) => manager === 'a')?.fieldsV1)).not.toContain('f:image');
  });

  it('sees a conflict with an ordinary write, and none when the values agree', () => {
    const object = update(apply(empty, document({ replicas: 1 }), 'a'), { spec: { replicas: 3 } }, 'kubectl-scale');
    expect(owners(object)).toEqual(['kubectl-scale Update']);
    expect(() => apply(object, document({ replicas: 1 }), 'a')).toThrow('.spec.replicas of kubectl-scale');
    expect(owners(apply(object, document({ replicas: 3 }), 'a'))).toEqual(['a Apply', 'kubectl-scale Update']);
  });

  it('merges containers, their variables and ports element by element', () => {
    const first = apply(empty, document(template([{ name: 'c', image: '1', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] }])), 'a');
    const second = apply(first, document(template([{ name: 'c', env: [{ name: 'B', value: '2' }], ports: [{ containerPort: 81 }] }, { name: 'd', image: '1' }])), 'b');
    expect(second['spec']).toEqual(
      template([
        { name: 'c', image: '1', env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }], ports: [{ containerPort: 80 }, { containerPort: 81 }] },
        { name: 'd', image: '1' },
      ]),
    );
    expect(apply(second, document({}), 'b')['spec']).toEqual(template([{ name: 'c', image: '1', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] }]));
  });

  it('changes nothing when it is repeated', () => {
    const object = apply(empty, document({ replicas: 1 }, { a: 'b' }), 'a');
    expect(apply(object, document({ replicas: 1 }, { a: 'b' }), 'a')).toEqual(object);
  });

  it('takes lists of custom resources as one value', () => {
    const wanted = (values: string[]): Fields => ({ apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 't' }, spec: { containers: values.map((name) => ({ name })) } });
    const manager = { name: 'a', apiVersion: 'example.org/v1' };
    const first = applyServerSide(undefined, empty, wanted(['x', 'y']), manager, false);
    const second = first.kind === 'merged' ? applyServerSide(undefined, first.object, wanted(['z']), manager, false) : first;
    expect(second).toMatchObject({ kind: 'merged', object: { spec: { containers: [{ name: 'z' }] } } });
  });
});
