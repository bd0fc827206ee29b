import { Inject, Injectable } from '@nestjs/common';
import { InvalidParameterError, NotFoundError } from '../../domain/domain-error.js';
import type { CallOptions } from '../../openstack/call-options.js';
import type { CloudClients } from '../../openstack/cloud.js';
import type { VolumeType } from '../../openstack/cinder/cinder.client.js';
import type { Image } from '../../openstack/glance/glance.client.js';
import type { Network, SecurityGroup, Subnet } from '../../openstack/neutron/neutron.client.js';
import type { Flavor, Keypair } from '../../openstack/nova/nova.client.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { askCloud, clientsOf, isAskersFault } from './ask-cloud.js';
import { LookupCache } from './lookup-cache.js';

/** An image whose os_distro is known. */
export interface ClusterImage extends Image {
  readonly osDistro: string;
}

/**
 * What a request names in the cloud, looked up with the requester's own token (so that nobody uses what they cannot
 * see) and shared within the project. Each miss is an error that names the field.
 */
@Injectable()
export class CloudLookups {
  private readonly cache: LookupCache;

  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {
    const { config, metrics } = runtime;
    this.cache = new LookupCache({ keepMs: config.LOOKUP_CACHE_SECONDS * 1000, isAskersFault, onRead: (result) => metrics?.cacheRead('lookups', result) });
  }

  /** Throws InvalidParameterError when there is no such image or it has no os_distro, ForbiddenError when it may not be read. */
  async image(asking: Asking, reference: string): Promise<ClusterImage> {
    const image = await this.find(asking, 'image', reference, ({ glance }, call) => glance.findImage(reference, call));
    if (!image) throw missing('image_id', 'image', reference);
    const { osDistro } = image;
    if (osDistro === null || osDistro === '') {
      throw new InvalidParameterError(`Field image_id: image ${reference} has no property os_distro; set it (for example to ubuntu) or use another image.`);
    }
    return { ...image, osDistro };
  }

  /** `ownDisk`: nodes boot from the flavor's disk, so it must have one. */
  async flavor(asking: Asking, field: 'flavor_id' | 'master_flavor_id', reference: string, { ownDisk }: { ownDisk: boolean }): Promise<Flavor> {
    const flavor = await this.find(asking, 'flavor', reference, ({ nova }, call) => nova.findFlavor(reference, call));
    if (!flavor) throw missing(field, 'flavor', reference);
    if (ownDisk && flavor.diskGib === 0) throw new InvalidParameterError(`Field ${field}: flavor ${reference} has no disk; use another one, or label boot_volume_size.`);
    return flavor;
  }

  async externalNetwork(asking: Asking, reference: string): Promise<Network> {
    const network = await this.find(asking, 'external-network', reference, ({ neutron }, call) => neutron.findNetwork(reference, { external: true }, call));
    if (network) return network;
    const inner = await this.find(asking, 'network', reference, ({ neutron }, call) => neutron.findNetwork(reference, {}, call));
    if (!inner) throw missing('external_network_id', 'external network', reference);
    throw new InvalidParameterError(`Field external_network_id: network ${reference} is not an external one (router:external); name the one that floating addresses come from.`);
  }

  /**
   * An existing network and a subnet of it. Subnets of several networks may well share a name, so the named network's own
   * goes first; that a subnet found elsewhere does not belong to it is for the caller to refuse.
   */
  async fixedNetwork(asking: Asking, networkReference: string | null, subnetReference: string | null): Promise<{ readonly network: Network | null; readonly subnet: Subnet | null }> {
    const network = networkReference === null ? null : await this.network(asking, networkReference);
    return { network, subnet: subnetReference === null ? null : await this.subnet(asking, subnetReference, network) };
  }

  /** Keypairs belong to users, not to projects. Throws NotFoundError (Magnum answers 404 here, not 400). */
  async keypair(asking: Asking, name: string): Promise<Keypair> {
    const keypair = await this.find(asking, `keypair of ${asking.caller.userId}`, name, ({ nova }, call) => nova.findKeypair(name, call));
    if (!keypair) throw new NotFoundError('keypair-not-found', `Field keypair: you have no keypair ${name} in the compute service.`);
    return keypair;
  }

  /** One of the project's by name, or any by id that the project may see. */
  async securityGroup(asking: Asking, projectId: string, reference: string): Promise<SecurityGroup> {
    const group = await this.find(asking, 'security group', reference, ({ neutron }, call) => neutron.findSecurityGroup(reference, projectId, call));
    if (!group) throw new InvalidParameterError(`Label extra_security_groups: there is no security group ${reference} that you can see.`);
    return group;
  }

  /** `label`: what names it. */
  async volumeType(asking: Asking, label: string, reference: string): Promise<VolumeType> {
    const type = await this.find(asking, 'volume type', reference, ({ cinder }, call) => cinder.findVolumeType(reference, call));
    if (!type) throw new InvalidParameterError(`Label ${label}: there is no volume type ${reference} that you can see.`);
    return type;
  }

  /** The type of volumes that name none; null where the cloud has no such default. */
  async defaultVolumeType(asking: Asking): Promise<VolumeType | null> {
    return (await this.find(asking, 'volume type', '(default)', ({ cinder }, call) => cinder.findDefaultVolumeType(call))) ?? null;
  }

  /** Names of zones that have a working host. */
  async availabilityZones(asking: Asking): Promise<readonly string[]> {
    return (await this.find(asking, 'list of', 'availability zones', ({ nova }, call) => nova.listAvailabilityZones(call))) ?? [];
  }

  /** Whether the requester's catalogue has a load-balancing service. */
  hasLoadBalancers(asking: Asking): Promise<boolean> {
    return clientsOf(this.runtime, asking).octavia.isAvailable();
  }

  /** Whether the requester's catalogue has a volume service. */
  hasVolumes(asking: Asking): Promise<boolean> {
    return clientsOf(this.runtime, asking).cinder.isAvailable();
  }

  private async network(asking: Asking, reference: string): Promise<Network> {
    const network = await this.find(asking, 'network', reference, ({ neutron }, call) => neutron.findNetwork(reference, {}, call));
    if (!network) throw missing('fixed_network', 'network', reference);
    if (network.subnetIds.length === 0) throw new InvalidParameterError(`Field fixed_network: network ${reference} has no subnet; add one, or name another network.`);
    return network;
  }

  private async subnet(asking: Asking, reference: string, network: Network | null): Promise<Subnet> {
    const anywhere = () => this.find(asking, 'subnet', reference, ({ neutron }, call) => neutron.findSubnet(reference, {}, call));
    const filter = { networkId: network?.id ?? '' };
    const ofNetwork = network && (await this.find(asking, `subnet of network ${network.id}:`, reference, ({ neutron }, call) => neutron.findSubnet(reference, filter, call)));
    const subnet = ofNetwork ?? (await anywhere());
    if (!subnet) throw missing('fixed_subnet', 'subnet', reference);
    return subnet;
  }

  /** What the cloud knows under a reference, shared within the project; undefined is not remembered. */
  private find<Value>(asking: Asking, kind: string, reference: string, ask: (clients: CloudClients, call: CallOptions) => Promise<Value | undefined>): Promise<Value | undefined> {
    const key = [asking.caller.projectId ?? asking.caller.userId, kind, reference];
    return this.cache.find(key, () => askCloud(this.runtime, asking, `${kind} ${reference}`, ask));
  }
}

const missing = (field: string, kind: string, reference: string): InvalidParameterError =>
  new InvalidParameterError(`Field ${field}: there is no ${kind} ${reference} that you can see.`);
