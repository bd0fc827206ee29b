import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Authenticator } from './access/authenticator.js';
import { RuleGuard } from './access/requires-rule.js';
import { ClusterTemplatesModule } from './cluster-templates/cluster-templates.module.js';
import { ClustersModule } from './clusters/clusters.module.js';
import { DiscoveryController } from './discovery/discovery.controller.js';
import { QueryGuard } from './http/takes-query.js';
import { CertificatesModule } from './certificates/certificates.module.js';
import { EventsModule } from './events/events.module.js';
import { NodeChangesModule } from './node-changes/node-changes.module.js';
import { NodeGroupsModule } from './node-groups/node-groups.module.js';
import { NodesModule } from './nodes/nodes.module.js';
import { NotYetModule } from './later/not-yet.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { VersionGuard } from './http/since-version.js';
import { UpgradesModule } from './upgrades/upgrades.module.js';
import { RuntimeModule } from './runtime.module.js';
import type { Runtime } from './runtime.js';

@Module({})
export class MagnumApiModule {
  static of(runtime: Runtime): DynamicModule {
    return {
      module: MagnumApiModule,
      imports: [RuntimeModule.of(runtime), ClusterTemplatesModule, ClustersModule, CertificatesModule, EventsModule, NodeChangesModule, NodeGroupsModule, NodesModule, NotYetModule, OperationsModule, UpgradesModule],
      controllers: [DiscoveryController],
      providers: [Authenticator, { provide: APP_GUARD, useClass: VersionGuard }, { provide: APP_GUARD, useClass: RuleGuard }, { provide: APP_GUARD, useClass: QueryGuard }],
    };
  }
}
