/** Beyond it every write waits for more members of etcd than it gains in safety. */
const masterCountMax = 5;

/** Why a control plane cannot have so many nodes, as a sentence; undefined when it can. */
export function masterCountProblem(count: number, { hasLoadBalancer }: { readonly hasLoadBalancer: boolean }): string | undefined {
  if (!Number.isInteger(count) || count < 1) return `Expected at least one control-plane node, not ${count}.`;
  if (count % 2 === 0) return `Expected an odd number of control-plane nodes, not ${count}: etcd needs a majority.`;
  if (count > masterCountMax) return `Expected at most ${masterCountMax} control-plane nodes, not ${count}: every write waits for a majority of etcd's members.`;
  if (count > 1 && !hasLoadBalancer) return `More than one control-plane node needs master_lb_enabled, which cannot be added later: a load balancer finds the ones that work.`;
  return undefined;
}

/** Why no node of this control plane can be replaced in its slot, as a sentence; undefined when it can. */
export function replacementProblem(count: number, { hasEtcdVolume }: { readonly hasEtcdVolume: boolean }): string | undefined {
  if (hasEtcdVolume || count >= 3) return undefined;
  return `A control plane of ${count} without etcd volumes cannot lose a node: the cluster's data are on its disk. It needs an etcd volume (label etcd_volume_size), or three control-plane nodes.`;
}
