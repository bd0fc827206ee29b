import { describe, expect, it } from '@jest/globals';
import { readPodFrame } from './pod-watch.js';

const pod = (phase: string, nodeName?: string) => ({ metadata: { namespace: 'shop', name: 'web' }, spec: nodeName === undefined ? {} : { nodeName }, status: { phase } });
const read = (type: string, object: unknown) => readPodFrame(JSON.stringify({ type, object }));

describe('a line of a watch of pods', () => {
  it.each([
    { of: 'a pod that was removed', type: 'DELETED', object: pod('Running', 'one'), is: { kind: 'gone', namespace: 'shop', name: 'web', nodeName: 'one' } },
    { of: 'a pod that succeeded', type: 'MODIFIED', object: pod('Succeeded', 'one'), is: { kind: 'finished', nodeName: 'one' } },
    { of: 'a pod that failed', type: 'MODIFIED', object: pod('Failed', 'one'), is: { kind: 'finished' } },
    { of: 'a new pod without a node', type: 'ADDED', object: pod('Pending'), is: { kind: 'changed', nodeName: null } },
  ])('of $of', ({ type, object, is }) => {
    expect(read(type, object)).toMatchObject(is);
  });

  it('says nothing when it is a bookmark, and ends the watch when it is an error or no JSON', () => {
    expect(read('BOOKMARK', { metadata: { resourceVersion: '7' } })).toBeUndefined();
    expect(read('ERROR', { kind: 'Status', code: 410, reason: 'Expired' })).toBe('ended');
    expect(readPodFrame('{')).toBe('ended');
  });
});
