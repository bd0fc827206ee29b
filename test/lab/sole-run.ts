import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { agentHost, proxyPort } from './guest-agent/lab-context.js';

/** A run of every job takes this long on two busy processors (ms). */
const othersTakeMs = 90 * 60_000;

/**
 * Only one run at a time may play the machines and own the catalogue's entry: whoever holds the guest agent's port. Waits
 * for its end.
 */
export async function untilSole(say: (line: string) => void): Promise<void> {
  const giveUpAt = Date.now() + othersTakeMs;
  for (let told = false; await isTaken(); told = true) {
    if (!told) say('  another run uses this cloud; waiting for its end');
    if (Date.now() > giveUpAt) throw new Error(`Another run of the lab holds ${agentHost}:${proxyPort} since ${othersTakeMs / 60_000} minutes.`);
    await pause(2000);
  }
}

function isTaken(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: agentHost, port: proxyPort });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
