import { isEstablished, settleMs, type Memory, type Vanished } from '../memory.js';
import type { Sample, Violation } from '../sample.js';

/**
 * Invariants 3, 7 and 8: what must not happen to servers of clusters that live. Judged `settleMs` after a server was
 * seen no more, when the log of requests shows whether somebody deleted it by hand.
 */
export function judgeLostServers(memory: Memory, sample: Sample): Violation[] {
  const due = memory.vanished.filter(({ at }) => sample.final || sample.at - at >= settleMs);
  return due.filter((lost) => isEstablished(lost.clusterStatus) && !wasHand(memory, lost)).flatMap((lost) => [...lostNode(lost), ...undrained(lost), ...quorumLost(lost)]);
}

const wasHand = ({ harmedByHand }: Memory, { server }: Vanished): boolean =>
  harmedByHand.has(server.id) || (server.stack_id !== null && harmedByHand.has(server.stack_id));

function lostNode({ server, node, isGone }: Vanished): Violation[] {
  if (!isGone || node?.phase !== 'ready') return [];
  return [{ invariant: 3, rule: 'lost-node', subject: server.id, message: `server ${server.id} of node ${node.name} is gone, and the node's row says ready` }];
}

function undrained({ server, pods }: Vanished): Violation[] {
  if (pods.length === 0) return [];
  return [{ invariant: 7, rule: 'undrained-node', subject: server.id, message: `server ${server.name} (${server.id}) was taken away with pods on it: ${pods.join(', ')}` }];
}

/** A cluster with one voter loses its quorum whenever that one is replaced: the stated exception. */
function quorumLost({ server, lostQuorum }: Vanished): Violation[] {
  return lostQuorum
    .filter(({ voters }) => voters > 1)
    .map(({ id, voters }) => ({ invariant: 8, rule: 'etcd-quorum', subject: id, message: `etcd lost its quorum of ${voters} voters when server ${server.name} (${server.id}) was taken away` }));
}
