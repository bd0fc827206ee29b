/**
 * Where a node is in its life, as the conductor records it.
 * planned: row and name exist, nothing asked of the cloud · building: its stack was asked for · booting: its server is
 * active and boots by itself · joined: it reported that it joined · ready: seen Ready through the cluster's own API ·
 * failed: it cannot get further by itself, the reason says why · draining: closed for new pods, its pods are asked to go ·
 * deleting: its stack is being deleted · gone.
 */
export type NodePhase = 'planned' | 'building' | 'booting' | 'joined' | 'ready' | 'failed' | 'draining' | 'deleting' | 'gone';

const successors: Record<NodePhase, readonly NodePhase[]> = {
  planned: ['building', 'failed', 'deleting', 'gone'],
  building: ['booting', 'joined', 'ready', 'failed', 'deleting', 'gone'],
  booting: ['joined', 'ready', 'failed', 'deleting', 'gone'],
  joined: ['ready', 'failed', 'deleting', 'gone'],
  ready: ['failed', 'draining', 'deleting', 'gone'],
  failed: ['building', 'draining', 'deleting', 'gone'],
  draining: ['ready', 'failed', 'deleting', 'gone'],
  deleting: ['gone'],
  gone: [],
};

export const nodePhases = Object.keys(successors) as readonly NodePhase[];

export const initialNodePhase: NodePhase = 'planned';

export const nodeCanBecome = (from: NodePhase, to: NodePhase): boolean => successors[from].includes(to);
