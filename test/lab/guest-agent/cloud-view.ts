import type { SeenLbaas } from '../../../src/sim/octavia/fronts.js';
import type { CloudSession } from '../../support/cloud-session.js';
import { seeLoadBalancers } from './seen-load-balancers.js';

/** A server as Nova shows it to an admin; `OS-EXT-SRV-ATTR:user_data` (base64) is there from microversion 2.3 on. */
export interface SeenServer {
  readonly id: string;
  readonly name: string;
  readonly tenant_id: string;
  readonly status: string;
  readonly metadata: Record<string, string>;
  /** Empty text when the server boots from a volume. */
  readonly image: { readonly id: string } | '';
  readonly 'OS-EXT-SRV-ATTR:user_data': string | null;
  readonly 'os-extended-volumes:volumes_attached': readonly { readonly id: string }[];
}

export interface SeenPort {
  readonly id: string;
  readonly device_id: string;
  readonly device_owner: string;
  readonly network_id: string;
  readonly project_id: string;
  readonly fixed_ips: { readonly ip_address: string }[];
}

export interface SeenFloatingAddress {
  readonly floating_ip_address: string;
  readonly port_id: string | null;
}

export interface SeenDisk {
  readonly id: string;
  readonly device: string;
}

const microversion = { 'OpenStack-API-Version': 'compute 2.3', 'X-OpenStack-Nova-API-Version': '2.3' };

/** What the guest agent asks the real services, as admin. */
export class CloudView {
  private readonly images = new Map<string, Record<string, string>>();

  constructor(private readonly admin: CloudSession) {}

  async servers(): Promise<SeenServer[]> {
    return (await this.admin.get<{ servers: SeenServer[] }>('compute', '/servers/detail?all_tenants=1', microversion)).servers;
  }

  loadBalancers(): Promise<SeenLbaas> {
    return seeLoadBalancers(this.admin);
  }

  async ports(): Promise<SeenPort[]> {
    const fields = ['id', 'device_id', 'device_owner', 'network_id', 'project_id', 'fixed_ips'].map((field) => `fields=${field}`).join('&');
    return (await this.admin.get<{ ports: SeenPort[] }>('network', `/v2.0/ports?${fields}`)).ports;
  }

  async floatingAddresses(): Promise<SeenFloatingAddress[]> {
    const path = '/v2.0/floatingips?fields=floating_ip_address&fields=port_id';
    return (await this.admin.get<{ floatingips: SeenFloatingAddress[] }>('network', path)).floatingips;
  }

  /** Empty when the server went away meanwhile. */
  async disksOf(serverId: string): Promise<SeenDisk[]> {
    const answer = await this.admin.call('compute', 'GET', `/servers/${serverId}/os-volume_attachments`, undefined, microversion);
    if (answer.status === 404) return [];
    const { volumeAttachments } = answer.body as { volumeAttachments: { volumeId: string; device: string | null }[] };
    return volumeAttachments.flatMap(({ volumeId, device }) => (device === null ? [] : [{ id: volumeId, device }]));
  }

  async volumeExists(volumeId: string): Promise<boolean> {
    return (await this.admin.call('volumev3', 'GET', `/volumes/${volumeId}`)).status !== 404;
  }

  /** Properties of the image that the root disk came from, whether by way of a volume or not. */
  async imagePropertiesOf(server: SeenServer): Promise<Record<string, string>> {
    if (server.image !== '') return this.imageProperties(server.image.id);
    for (const { id } of server['os-extended-volumes:volumes_attached']) {
      const { volume } = await this.admin.get<{ volume: { volume_image_metadata?: Record<string, string> } }>('volumev3', `/volumes/${id}`);
      if (volume.volume_image_metadata) return volume.volume_image_metadata;
    }
    return {};
  }

  private async imageProperties(imageId: string): Promise<Record<string, string>> {
    const known = this.images.get(imageId);
    if (known) return known;
    const image = await this.admin.get<Record<string, unknown>>('image', `/v2/images/${imageId}`);
    const properties = Object.fromEntries(Object.entries(image).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    this.images.set(imageId, properties);
    return properties;
  }
}
