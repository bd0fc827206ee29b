import { InvalidParameterError } from '../../domain/domain-error.js';
import type { WantedCluster } from './inherit-from-template.js';

/** From this microversion on a cluster may have no workers. */
const zeroNodesSince = 10;

/** etcd's own advice: seven members lose speed and gain little. */
const masterCountMax = 5;

/** Rules of the two counts. Throws InvalidParameterError. */
export function checkCounts({ nodeCount, masterCount, masterLbEnabled }: Pick<WantedCluster, 'nodeCount' | 'masterCount' | 'masterLbEnabled'>, minor: number): void {
  if (masterCount % 2 === 0) throw new InvalidParameterError(`Field master_count: expected an odd number, not ${masterCount}: etcd needs a majority.`);
  if (masterCount > 1 && !masterLbEnabled) {
    throw new InvalidParameterError('Field master_count: more than one control-plane node needs master_lb_enabled: a load balancer finds the ones that work.');
  }
  if (masterCount > masterCountMax) {
    throw new InvalidParameterError(`Field master_count: expected at most ${masterCountMax}, not ${masterCount}: every write waits for a majority of etcd's members.`);
  }
  requireZeroNodesAllowed(nodeCount, minor);
}

export function requireZeroNodesAllowed(nodeCount: number, minor: number): void {
  if (nodeCount === 0 && minor < zeroNodesSince) {
    throw new InvalidParameterError(`Field node_count: 0 workers need microversion 1.${zeroNodesSince} or later, and 1.${minor} was asked for.`);
  }
}
