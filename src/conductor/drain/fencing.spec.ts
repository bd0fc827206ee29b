import { describe, expect, it } from '@jest/globals';
import { isToBeStopped, mayCountAsGone, type MachineFacts } from './fencing.js';

const dead: MachineFacts = { status: 'ACTIVE', taskState: null, lastPowerAction: null, isHostForcedDown: false, isConfirmed: false };
const ourStop = { action: 'stop', isOurs: true };

describe('a machine whose kubelet is silent', () => {
  it.each<{ when: string; facts: Partial<MachineFacts>; kind: 'gone' | 'not-fenced' }>([
    { when: 'Nova still shows it ACTIVE', facts: {}, kind: 'not-fenced' },
    { when: 'Nova is stopping it', facts: { taskState: 'powering-off', lastPowerAction: ourStop }, kind: 'not-fenced' },
    { when: 'our stop was carried out', facts: { status: 'SHUTOFF', lastPowerAction: ourStop }, kind: 'gone' },
    { when: 'it is being started after our stop', facts: { status: 'SHUTOFF', taskState: 'powering-on', lastPowerAction: { action: 'start', isOurs: false } }, kind: 'not-fenced' },
    { when: 'our stop is under way on a server that looks off', facts: { status: 'SHUTOFF', taskState: 'powering-off', lastPowerAction: ourStop }, kind: 'not-fenced' },
    { when: 'somebody else stopped it', facts: { status: 'SHUTOFF', lastPowerAction: { action: 'stop', isOurs: false } }, kind: 'not-fenced' },
    { when: 'it went off by itself', facts: { status: 'SHUTOFF' }, kind: 'not-fenced' },
    { when: 'we stopped it before, and it was rebooted since', facts: { status: 'SHUTOFF', lastPowerAction: { action: 'reboot', isOurs: true } }, kind: 'not-fenced' },
    { when: 'it is in ERROR', facts: { status: 'ERROR' }, kind: 'not-fenced' },
    { when: 'its host was called down', facts: { isHostForcedDown: true }, kind: 'gone' },
    { when: 'an operator confirms', facts: { isConfirmed: true }, kind: 'gone' },
    { when: 'its server does not exist', facts: { status: null }, kind: 'gone' },
  ])('is $kind when $when', ({ facts, kind }) => {
    expect(mayCountAsGone({ ...dead, ...facts })).toMatchObject({ kind });
  });

  it.each<{ when: string; facts: Partial<MachineFacts>; silentMs: number; stop: boolean }>([
    { when: 'it has just fallen silent', facts: {}, silentMs: 999, stop: false },
    { when: 'it has been silent for long', facts: {}, silentMs: 1_000, stop: true },
    { when: 'Nova is at it already', facts: { taskState: 'powering-off' }, silentMs: 5_000, stop: false },
    { when: 'it is off', facts: { status: 'SHUTOFF' }, silentMs: 5_000, stop: false },
  ])('is stopped: $stop, when $when', ({ facts, silentMs, stop }) => {
    expect(isToBeStopped({ ...dead, ...facts }, silentMs, 1_000)).toBe(stop);
  });
});
