import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareKubernetesVersions, controlPlaneStepProblem, kubeletLagMax, kubeletSkewProblem, planUpgradePath, type UpgradeLeg } from './kubernetes-skew.js';
import { parseKubernetesVersion, type KubernetesVersion } from './kubernetes-version.js';

const version = (text: string): KubernetesVersion => {
  const parsed = parseKubernetesVersion(text);
  if (!parsed) throw new Error(`${text} is no version`);
  return parsed;
};
const told = (legs: readonly UpgradeLeg[]): string[] => legs.map(({ kind, major, minor }) => `${kind} ${major}.${minor}`);

describe('kubeletSkewProblem', () => {
  it.each([
    { kubelet: '1.32.4', apiServer: '1.32.4', problem: undefined },
    { kubelet: '1.32.9', apiServer: '1.32.4', problem: undefined },
    { kubelet: '1.30.0', apiServer: '1.33.1', problem: undefined },
    { kubelet: '1.29.0', apiServer: '1.33.1', problem: /4 minor versions older .* 3 are allowed/ },
    { kubelet: '1.25.0', apiServer: '1.28.0', problem: undefined },
    { kubelet: '1.24.0', apiServer: '1.27.0', problem: /3 minor versions older .* 2 are allowed/ },
    { kubelet: '1.33.0', apiServer: '1.32.4', problem: /newer than the API server/ },
  ])('says $problem of $kubelet with $apiServer', ({ kubelet, apiServer, problem }) => {
    const said = kubeletSkewProblem(version(kubelet), version(apiServer));
    if (problem === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(problem);
  });
});

describe('planUpgradePath', () => {
  it.each([
    { from: '1.32.4', workers: ['1.32.4'], to: '1.32.4', legs: [] },
    { from: '1.32.4', workers: ['1.32.4'], to: '1.32.6', legs: ['control-plane 1.32', 'workers 1.32'] },
    { from: '1.32.4', workers: ['1.32.4'], to: '1.33.1', legs: ['control-plane 1.33', 'workers 1.33'] },
    { from: '1.33.1', workers: ['1.32.4'], to: '1.33.1', legs: ['workers 1.33'] },
    { from: '1.29.0', workers: ['1.29.0'], to: '1.32.0', legs: ['control-plane 1.30', 'control-plane 1.31', 'control-plane 1.32', 'workers 1.32'] },
    {
      from: '1.29.0', workers: ['1.29.0'], to: '1.33.0',
      legs: ['control-plane 1.30', 'control-plane 1.31', 'control-plane 1.32', 'workers 1.32', 'control-plane 1.33', 'workers 1.33'],
    },
    { from: '1.25.0', workers: ['1.25.0'], to: '1.28.0', legs: ['control-plane 1.26', 'control-plane 1.27', 'control-plane 1.28', 'workers 1.28'] },
    { from: '1.31.0', workers: [], to: '1.33.0', legs: ['control-plane 1.32', 'control-plane 1.33'] },
  ])('goes from $from to $to by $legs', ({ from, workers, to, legs }) => {
    const path = planUpgradePath(version(from), workers.map(version), version(to));
    expect(path.kind === 'path' ? told(path.legs) : path.because).toEqual(legs);
  });

  it.each([
    { from: '1.33.1', workers: ['1.32.4'], to: '1.32.4', because: /cannot go back/ },
    { from: '1.32.4', workers: ['1.32.4'], to: '1.32.3', because: /cannot go back/ },
    { from: '1.32.4', workers: ['1.28.0'], to: '1.33.1', because: /mend that first/ },
    { from: '1.32.4', workers: [], to: '2.0.0', because: /another major version/ },
  ])('refuses $from to $to with workers $workers', ({ from, workers, to, because }) => {
    const path = planUpgradePath(version(from), workers.map(version), version(to));
    expect(path).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) as unknown });
  });

  it('never skips a minor, never lets a kubelet fall behind or run ahead, and ends where it should', () => {
    const minors = fc.integer({ min: 20, max: 36 });
    fc.assert(
      fc.property(minors, fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }), fc.integer({ min: 0, max: 12 }), (start, lags, distance) => {
        const controlPlane = { major: 1, minor: start, patch: 2 };
        const lagMax = kubeletLagMax(controlPlane);
        const workers = lags.map((lag) => ({ major: 1, minor: start - Math.min(lag, lagMax), patch: 0 }));
        const target = { major: 1, minor: start + distance, patch: 5 };
        const path = planUpgradePath(controlPlane, workers, target);
        if (path.kind === 'refused') throw new Error(path.because);
        let [apiServer, oldest] = [start, Math.min(...workers.map(({ minor }) => minor))];
        for (const leg of path.legs) {
          if (leg.kind === 'control-plane') {
            expect([0, 1]).toContain(leg.minor - apiServer);
            apiServer = leg.minor;
          } else {
            expect(leg.minor).toBe(apiServer);
            oldest = leg.minor;
          }
          if (workers.length > 0) expect(kubeletSkewProblem({ major: 1, minor: oldest, patch: 0 }, { major: 1, minor: apiServer, patch: 0 })).toBeUndefined();
        }
        expect(apiServer).toBe(target.minor);
        if (workers.length > 0) expect(oldest).toBe(target.minor);
      }),
    );
  });

  it('orders versions by major, minor and patch', () => {
    const sorted = ['1.9.3', '1.32.10', '1.32.9', '2.0.0'].map(version).sort(compareKubernetesVersions);
    expect(sorted).toEqual(['1.9.3', '1.32.9', '1.32.10', '2.0.0'].map(version));
  });

  it.each([
    { seen: ['v1.32.4'], target: 'v1.33.1', then: undefined },
    { seen: ['v1.32.4'], target: 'v1.32.4', then: undefined },
    { seen: [], target: 'v1.33.1', then: undefined },
    { seen: ['v1.32.4'], target: 'v1.34.0', then: 'upgrade to a template of 1.33 first' },
    { seen: ['v1.33.1', 'v1.32.4'], target: 'v1.34.0', then: 'upgrade to a template of 1.33 first' },
    { seen: ['v1.32.4', 'v1.33.1'], target: 'v1.32.4', then: 'cannot go back' },
    { seen: ['v1.32.4'], target: 'v2.0.0', then: 'another major version' },
  ])('one upgrade takes a control plane of $seen to $target unless: $then', ({ seen, target, then }) => {
    const problem = controlPlaneStepProblem(seen, target);
    if (then === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(then);
  });
});
