import { clusterPlayedBy, type Memory } from '../memory.js';
import type { Sample, Violation } from '../sample.js';
import { grouped } from './grouped.js';

/** Invariant 8: an etcd cluster id never changes once its cluster was complete, and no cluster ever has two. */
export function judgeEtcdIdentity(memory: Memory, { cloud, database }: Sample): Violation[] {
  const played = cloud.clusters.flatMap((simulated) => {
    const cluster = clusterPlayedBy(simulated, database.nodes);
    return cluster === undefined ? [] : [{ cluster, etcd: simulated.etcd_cluster_id }];
  });
  const changed = played.filter(({ cluster, etcd }) => (memory.etcd.get(cluster) ?? etcd) !== etcd);
  const split = [...grouped(played, ({ cluster }) => cluster)].filter(([, group]) => new Set(group.map(({ etcd }) => etcd)).size > 1);
  return [
    ...changed.map(({ cluster, etcd }) => ({
      invariant: 8 as const,
      rule: 'etcd-id-changed',
      subject: cluster,
      message: `the etcd of cluster ${cluster} was ${memory.etcd.get(cluster) ?? ''} and is ${etcd}`,
    })),
    ...split.map(([cluster, group]) => ({
      invariant: 8 as const,
      rule: 'two-etcd-clusters',
      subject: cluster,
      message: `cluster ${cluster} has ${group.length} etcd clusters: ${group.map(({ etcd }) => etcd).join(', ')}`,
    })),
  ];
}
