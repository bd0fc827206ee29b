import type { FastifyInstance } from 'fastify';
import { leftovers, type Leftover } from './admin/leftovers.js';
import { worldView } from './admin/world.js';
import { BlockStorage } from './cinder/block-storage.js';
import { registerCinder } from './cinder/cinder.js';
import { seedVolumeTypes } from './cinder/seed-volume-types.js';
import { VolumeStore } from './cinder/volume-store.js';
import { registerGlance } from './glance/glance.js';
import { imageStore } from './glance/image-store.js';
import { seedImages } from './glance/seed-images.js';
import { registerKeystone } from './keystone/keystone.js';
import type { HeatFaults } from './heat/engine/heat-faults.js';
import { registerHeat } from './heat/register-heat.js';
import type { ResourceRecord, StackRecord } from './heat/stack/records.js';
import type { IdentityStore } from './keystone/identity-store.js';
import { seedIdentity } from './keystone/seed-identity.js';
import type { TokenKeeper } from './keystone/tokens.js';
import type { AddressDirectory } from './neutron/address-directory.js';
import type { NetworkStore } from './neutron/network-store.js';
import { registerNeutron } from './neutron/neutron.js';
import { Balancers } from './octavia/balancer/balancers.js';
import { contentOf, frontsOf } from './octavia/fronts.js';
import { LbaasStore } from './octavia/lbaas-store.js';
import { registerOctavia } from './octavia/octavia.js';
import { Provisioning } from './octavia/provisioning.js';
import { seedNetworks } from './neutron/seed-networks.js';
import { ComputeStore } from './nova/compute-store.js';
import { registerNova } from './nova/nova.js';
import { seedCompute } from './nova/seed-compute.js';
import { ServerLife } from './nova/server-life.js';
import { SeedRegister } from './seed-register.js';
import type { ServiceName, SimContext } from './sim-context.js';

export interface CloudParts {
  context: SimContext;
  identity: IdentityStore;
  tokens: TokenKeeper;
  network: NetworkStore;
  directory: AddressDirectory;
  containerInfra: string | undefined;
}

export interface Cloud {
  heatFaults: HeatFaults;
  leftovers(): Record<string, Leftover[]>;
  /** What `GET /world` of the admin listener shows of the cloud. */
  world(): Record<string, unknown>;
  /** What was under way or switched on before a restart goes on. Call it when everything listens. */
  resume(): void;
  close(): void;
}

/** The services of the simulated cloud, seeded and registered with the applications that `listenAs` makes. */
export function createCloud({ context, identity, tokens, network, directory, containerInfra }: CloudParts, listenAs: (service: ServiceName) => FastifyInstance): Cloud {
  const seeds = new SeedRegister();
  const networking = { context, store: network, directory };
  const images = imageStore(context.journal);
  const volumes = new VolumeStore(context.journal);
  const storage = context.settings.cinder ? new BlockStorage(context, volumes) : undefined;
  const computeStore = new ComputeStore(context.journal);
  const parts = { context, store: computeStore, networking, images, storage };
  const life = new ServerLife(parts);

  seedIdentity(context, identity, seeds, containerInfra);
  seedImages(images, seeds);
  seedNetworks(networking, seeds);
  seedVolumeTypes(volumes, seeds);
  seedCompute(computeStore, seeds);

  registerKeystone(listenAs('identity'), { context, store: identity, tokens });
  registerGlance(listenAs('image'), context, images);
  registerNeutron(listenAs('network'), networking);
  registerNova(listenAs('compute'), { ...parts, life });
  if (storage) registerCinder(listenAs('volumev3'), { context, storage });
  const lbaas = new LbaasStore(context.journal);
  const balancers = new Balancers(directory, { checkHeaders: { 'user-agent': 'octavia-health-monitor', 'x-sim-internal': context.internalSecret }, log: (message, fields) => context.log(message, fields) });
  const provisioning = new Provisioning(lbaas, networking, () => balancers.update(frontsOf(contentOf(lbaas))));
  if (context.settings.octavia) registerOctavia(listenAs('load-balancer'), { context, store: lbaas, networking, provisioning, health: balancers.health });
  context.onClose(() => balancers.close());
  const heatFaults = registerHeat(listenAs('orchestration'), context);
  const stacks = context.journal.collection<StackRecord>('heat.stacks');
  const resources = context.journal.collection<ResourceRecord>('heat.resources');
  const livingStacks = (): StackRecord[] => stacks.filter((stack) => stack.deletedAt === null);

  return {
    heatFaults,
    leftovers: () => leftovers({ identity, network, compute: computeStore, volume: volumes, lbaas, seeds, stacks: livingStacks() }),
    world: () => worldView({ identity, network, compute: computeStore, volume: volumes, seeds, stacks: livingStacks(), resources: resources.values() }),
    resume: () => {
      storage?.resume();
      life.resume();
      provisioning.resume();
      balancers.update(frontsOf(contentOf(lbaas)));
    },
    close: () => {
      life.close();
      provisioning.close();
      storage?.close();
    },
  };
}
