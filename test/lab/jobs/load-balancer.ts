import { liveThrough } from './cluster-life.js';
import type { Job } from './job.js';

const etcdGiB = 2;
const dockerGiB = 3;

interface Members {
  readonly members: readonly { readonly address: string; readonly protocol_port: number }[];
}
interface Volumes {
  readonly volumes: readonly { readonly size: number; readonly status: string }[];
}

/** Three control-plane nodes that are reached by one address, each with its etcd data on a volume. */
export const loadBalancer: Job = {
  name: '3+3 behind a load balancer, with etcd and docker volumes',
  run: (surroundings) =>
    liveThrough(surroundings, {
      name: 'broad',
      masters: 3,
      workers: 3,
      template: { master_lb_enabled: true, docker_volume_size: dockerGiB, labels: { etcd_volume_size: String(etcdGiB) } },
      check: async (nodes) => {
        const { overseer } = surroundings.tenant;
        const { pools } = await overseer.get<{ pools: { id: string }[] }>('load-balancer', `/v2/lbaas/pools?project_id=${overseer.projectId}`);
        const lists = await Promise.all(pools.map(({ id }) => overseer.get<Members>('load-balancer', `/v2/lbaas/pools/${id}/members`)));
        const balanced = lists.flatMap(({ members }) => members.map(({ address, protocol_port: port }) => `${address}:${port}`)).sort();
        const wanted = nodes.filter(({ role }) => role === 'control-plane').map(({ address }) => `${address}:6443`).sort();
        if (wanted.length !== 3 || balanced.join() !== wanted.join()) throw new Error(`behind the load balancer are ${balanced.join(', ')}, and the control plane is ${wanted.join(', ')}`);

        const { volumes } = await overseer.get<Volumes>('volumev3', '/volumes/detail');
        const inUse = (size: number): number => volumes.filter((volume) => volume.size === size && volume.status === 'in-use').length;
        const found = { etcd: inUse(etcdGiB), docker: inUse(dockerGiB) };
        if (found.etcd !== 3 || found.docker !== 6) throw new Error(`${found.etcd} etcd volumes and ${found.docker} docker volumes are in use`);
      },
    }),
};
