import { evictableOn, isEstablished, settleMs, type Memory, type Vanished } from '../memory.js';
import type { Sample, Violation } from '../sample.js';

/** Between the end of a drain and the end of a server lies at least one turn and one call of Heat (ms). */
const freshMs = 300;

/**
 * Invariants 3, 7 and 8: what must not happen to servers of clusters that live. Judged `settleMs` after a server was
 * seen no more, when the log of requests shows whether somebody deleted it by hand.
 */
export function judgeLostServers(memory: Memory, sample: Sample): Violation[] {
  const due = memory.vanished.filter(({ at }) => sample.final || sample.at - at >= settleMs);
  return due.filter((lost) => isEstablished(lost.clusterStatus) && !wasHand(memory, lost)).flatMap((lost) => [...lostNode(lost), ...undrained(lost, sample), ...quorumLost(lost)]);
}

const wasHand = ({ harmedByHand }: Memory, { server, isGone }: Vanished): boolean =>
  (isGone ? harmedByHand.has(server.id) : harmedByHand.has(`action ${server.id}`)) || (server.stack_id !== null && harmedByHand.has(server.stack_id));

function lostNode({ server, node, isGone }: Vanished): Violation[] {
  if (!isGone || node?.phase !== 'ready') return [];
  return [{ invariant: 3, rule: 'lost-node', subject: server.id, message: `server ${server.id} of node ${node.name} is gone, and the node's row says ready` }];
}

/**
 * The last answer before may be older than the end of a drain. So pods count that the API still shows afterwards: those of a
 * drained node are gone from it. Where no API answers any more, the last answer counts when it is fresh.
 */
function undrained({ at, server, pods, podsSeen }: Vanished, { kubernetes }: Sample): Violation[] {
  const after = kubernetes.find((view) => view.id === podsSeen?.id && view.at > at);
  const left = after ? evictableOn(after, server.name) : at - (podsSeen?.at ?? 0) <= freshMs ? pods : [];
  if (left.length === 0) return [];
  return [{ invariant: 7, rule: 'undrained-node', subject: server.id, message: `server ${server.name} (${server.id}) was taken away with pods on it: ${left.join(', ')}` }];
}

/** A cluster with one voter loses its quorum whenever that one is replaced: the stated exception. */
function quorumLost({ server, lostQuorum }: Vanished): Violation[] {
  return lostQuorum
    .filter(({ voters }) => voters > 1)
    .map(({ id, voters }) => ({ invariant: 8, rule: 'etcd-quorum', subject: id, message: `etcd lost its quorum of ${voters} voters when server ${server.name} (${server.id}) was taken away` }));
}
