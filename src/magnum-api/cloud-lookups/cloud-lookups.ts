import { Inject, Injectable } from '@nestjs/common';
import { ForbiddenError, InvalidParameterError, NotFoundError } from '../../domain/domain-error.js';
import { CloudForbiddenError, CloudUnauthorizedError } from '../../openstack/cloud-error.js';
import type { CallOptions } from '../../openstack/call-options.js';
import type { CloudClients } from '../../openstack/cloud.js';
import type { Image } from '../../openstack/glance/glance.client.js';
import type { Network, Subnet } from '../../openstack/neutron/neutron.client.js';
import type { Flavor, Keypair } from '../../openstack/nova/nova.client.js';
import { UnauthenticatedError } from '../http/protocol-errors.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { CloudSilentError, isTimeout } from './cloud-silent.error.js';
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
    this.cache = new LookupCache(runtime.config.LOOKUP_CACHE_SECONDS * 1000);
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
    if (!network) throw missing('external_network_id', 'external network', reference);
    return network;
  }

  async network(asking: Asking, reference: string): Promise<Network> {
    const network = await this.find(asking, 'network', reference, ({ neutron }, call) => neutron.findNetwork(reference, {}, call));
    if (!network) throw missing('fixed_network', 'network', reference);
    return network;
  }

  async subnet(asking: Asking, reference: string): Promise<Subnet> {
    const subnet = await this.find(asking, 'subnet', reference, ({ neutron }, call) => neutron.findSubnet(reference, {}, call));
    if (!subnet) throw missing('fixed_subnet', 'subnet', reference);
    return subnet;
  }

  /** Keypairs belong to users, not to projects. Throws NotFoundError (Magnum answers 404 here, not 400). */
  async keypair(asking: Asking, name: string): Promise<Keypair> {
    const keypair = await this.find(asking, `keypair of ${asking.caller.userId}`, name, ({ nova }, call) => nova.findKeypair(name, call));
    if (!keypair) throw new NotFoundError('keypair-not-found', `Field keypair: you have no keypair ${name} in the compute service.`);
    return keypair;
  }

  /** Whether the requester's catalogue has a volume service. */
  hasVolumes(asking: Asking): Promise<boolean> {
    return this.clients(asking).cinder.isAvailable();
  }

  private clients({ caller, requestId }: Asking): CloudClients {
    return this.runtime.cloud.withToken(caller.token, { requestId });
  }

  private async find<Value>(asking: Asking, kind: string, reference: string, ask: (clients: CloudClients, call: CallOptions) => Promise<Value | undefined>): Promise<Value | undefined> {
    // All tries together: a client waits for this, and gives up soon.
    const deadlineMs = this.runtime.config.HTTP_TIMEOUT_SECONDS * 1000;
    const look = () => ask(this.clients(asking), { signal: AbortSignal.timeout(deadlineMs) });
    try {
      return await this.cache.find([asking.caller.projectId ?? asking.caller.userId, kind, reference], look);
    } catch (error) {
      if (isTimeout(error)) throw new CloudSilentError(`${kind} ${reference}`, error);
      if (error instanceof CloudUnauthorizedError) throw new UnauthenticatedError(this.runtime.config.OS_AUTH_URL);
      if (error instanceof CloudForbiddenError) throw new ForbiddenError(`Your token may not look at ${kind} ${reference}.`);
      throw error;
    }
  }
}

const missing = (field: string, kind: string, reference: string): InvalidParameterError =>
  new InvalidParameterError(`Field ${field}: there is no ${kind} ${reference} that you can see.`);
