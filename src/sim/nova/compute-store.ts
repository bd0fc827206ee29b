import type { Collection, Journal } from '../journal.js';

export interface Flavor {
  id: string;
  name: string;
  vcpus: number;
  /** MiB */
  ram: number;
  /** GiB */
  disk: number;
}
export interface Keypair {
  /** `<user id>/<name>`: keypairs belong to users, not projects. */
  id: string;
  number: number;
  user_id: string;
  name: string;
  public_key: string;
  fingerprint: string;
  created_at: string;
}
export interface ServerGroup {
  id: string;
  name: string;
  project_id: string;
  user_id: string;
  policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
}
export interface ServerVolume {
  volumeId: string;
  device: string;
  deleteOnTermination: boolean;
  boot: boolean;
}
/** A volume that is to be made while the server is built. */
export interface VolumeToMake {
  size: number;
  imageId: string | null;
  volumeType: string | null;
  deleteOnTermination: boolean;
  boot: boolean;
}
export type ServerStatus = 'BUILD' | 'ACTIVE' | 'SHUTOFF' | 'REBOOT' | 'HARD_REBOOT' | 'ERROR';
export interface Server {
  id: string;
  name: string;
  project_id: string;
  user_id: string;
  status: ServerStatus;
  task_state: string | null;
  description: string | null;
  /** Null when it boots from a volume. */
  imageId: string | null;
  flavor: Flavor;
  key_name: string | null;
  metadata: Record<string, string>;
  tags: string[];
  /** As sent: base64, empty when there is none. */
  user_data: string;
  config_drive: boolean;
  created: string;
  updated: string;
  launched_at: string | null;
  host: string | null;
  groupId: string | null;
  /** Ports that Nova made and deletes with the server. */
  ownPorts: string[];
  volumes: ServerVolume[];
  toMake: VolumeToMake[];
  fault: { code: number; message: string; created: string } | null;
  /** What was asked of it since it was made, the oldest first; absent where nothing was. */
  actions?: ServerAction[];
}
export interface ServerAction {
  action: string;
  user_id: string;
  request_id: string;
  start_time: string;
}
export interface ComputeService {
  id: string;
  number: number;
  host: string;
  status: 'enabled' | 'disabled';
  disabled_reason: string | null;
  forced_down: boolean;
}
/** A project's own limits; the id is the project's. */
export interface ComputeQuota {
  id: string;
  limits: Record<string, number>;
}

export class ComputeStore {
  readonly servers: Collection<Server>;
  readonly flavors: Collection<Flavor>;
  readonly keypairs: Collection<Keypair>;
  readonly groups: Collection<ServerGroup>;
  readonly services: Collection<ComputeService>;
  readonly quotas: Collection<ComputeQuota>;

  constructor(journal: Journal) {
    this.servers = journal.collection('nova.servers');
    this.flavors = journal.collection('nova.flavors');
    this.keypairs = journal.collection('nova.keypairs');
    this.groups = journal.collection('nova.server_groups');
    this.services = journal.collection('nova.services');
    this.quotas = journal.collection('nova.quotas');
  }

  membersOf(groupId: string): Server[] {
    return this.servers.filter((server) => server.groupId === groupId);
  }
}

/** Nova's times have whole seconds. */
export const novaTime = (): string => `${new Date().toISOString().slice(0, 19)}Z`;
/** Some of Nova's fields come straight from its database: microseconds, no zone. */
export const databaseTime = (): string => `${new Date().toISOString().slice(0, 23)}000`;
