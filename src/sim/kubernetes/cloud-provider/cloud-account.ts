import { Agent, type Dispatcher } from 'undici';
import { Cloud, idOf, members } from '../../heat/cloud/cloud.js';
import { listAt, textAt } from '../../json.js';
import type { Server } from '../../nova/compute-store.js';
import type { SimContext } from '../../sim-context.js';
import { listOf, textOf, valueAt, type KubeObject } from '../objects/kube-object.js';
import type { ObjectStore } from '../store/object-store.js';

/** How what runs inside a cluster calls the cloud: in the project of its machines, over HTTP like everybody. */
export class CloudAccount {
  private readonly own: Agent | undefined;
  private readonly dispatcher: Dispatcher;

  constructor(
    private readonly context: SimContext,
    private readonly store: ObjectStore,
    /** What kubeadm calls the cluster. */
    private readonly clusterName: string,
    private readonly machineIds: () => Iterable<string>,
  ) {
    this.own = context.internalDispatcher ? undefined : new Agent({ connections: 4, keepAliveTimeout: 10_000 });
    this.dispatcher = context.internalDispatcher ?? this.own ?? new Agent();
  }

  get hasLoadBalancers(): boolean {
    return this.context.settings.octavia;
  }

  get hasVolumes(): boolean {
    return this.context.settings.cinder;
  }

  /** The cluster's name as the deployed controller was told it by a flag, otherwise kubeadm's. */
  nameGivenTo(controller: 'cloud-controller' | 'csi'): string {
    const [resource, name, flag] = controller === 'csi' ? (['deployments.apps', 'csi-cinder-controllerplugin', '--cluster='] as const) : (['daemonsets.apps', 'openstack-cloud-controller-manager', '--cluster-name='] as const);
    const workload = this.store.get<KubeObject>(resource, 'kube-system', name);
    const containers = listOf(valueAt(workload, 'spec', 'template', 'spec', 'containers'));
    const flags = containers.flatMap((container) => [...(listAt(container, 'args') ?? []), ...(listAt(container, 'command') ?? [])]).map((each) => textOf(each) ?? '');
    return flags.find((each) => each.startsWith(flag))?.slice(flag.length) ?? this.clusterName;
  }

  /** As the project and user of one of the machines. Throws when none is left. */
  cloud(): Cloud {
    const servers = this.context.journal.collection<Server>('nova.servers');
    for (const id of this.machineIds()) {
      const server = servers.get(id);
      if (server) return new Cloud(this.context, this.dispatcher, server.project_id, server.user_id);
    }
    throw new Error('the cluster has no machine');
  }

  /** The subnet that the machines stand in. */
  async nodeSubnet(cloud: Cloud): Promise<string> {
    for (const id of this.machineIds()) {
      const ports = members(await cloud.network('GET', `/ports?device_id=${id}`), 'ports');
      const subnet = ports.flatMap((port) => listAt(port, 'fixed_ips') ?? []).map((fixed) => textAt(fixed, 'subnet_id')).find((found) => found !== undefined);
      if (subnet !== undefined) return subnet;
    }
    throw new Error('no machine has a port');
  }

  async externalNetwork(cloud: Cloud): Promise<string> {
    const [network] = members(await cloud.network('GET', '/networks?router:external=true'), 'networks');
    if (!network) throw new Error('there is no external network');
    return idOf(network);
  }

  close(): void {
    this.own?.destroy().catch(() => undefined);
  }
}
