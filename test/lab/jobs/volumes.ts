import type { ClusterNode } from '../clusters.js';
import type { CloudSession } from '../cloud-session.js';

export interface SeenVolume {
  readonly id: string;
  readonly size: number;
  /** `true` or `false`, in words. */
  readonly bootable: string;
  readonly attachments: readonly { readonly server_id: string }[];
}

/** Throws unless each of the nodes has exactly one volume that matches, and nobody else has one. */
export async function expectVolumes(overseer: CloudSession, what: string, nodes: readonly ClusterNode[], matches: (volume: SeenVolume) => boolean): Promise<void> {
  const { volumes } = await overseer.get<{ volumes: SeenVolume[] }>('volumev3', '/volumes/detail');
  const found = volumes.filter(matches);
  for (const { name, server_id: server } of nodes) {
    const own = found.filter(({ attachments }) => attachments.some((attachment) => attachment.server_id === server));
    if (own.length !== 1) throw new Error(`${name} has ${own.length} ${what}`);
  }
  if (found.length !== nodes.length) throw new Error(`there are ${found.length} ${what} for ${nodes.length} nodes`);
}
