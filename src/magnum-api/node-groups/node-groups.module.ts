import { Module } from '@nestjs/common';
import { CloudLookupsModule } from '../cloud-lookups/cloud-lookups.module.js';
import { CloudQuotasModule } from '../cloud-quotas/cloud-quotas.module.js';
import { ClustersModule } from '../clusters/clusters.module.js';
import { NodeGroupChanges } from './node-group-changes.js';
import { NodeGroupCreation } from './node-group-creation.js';
import { NodeGroupStore } from './node-group.store.js';
import { NodeGroupsController } from './node-groups.controller.js';
import { NodeGroupsService } from './node-groups.service.js';

@Module({
  imports: [CloudLookupsModule, CloudQuotasModule, ClustersModule],
  controllers: [NodeGroupsController],
  providers: [NodeGroupsService, NodeGroupStore, NodeGroupCreation, NodeGroupChanges],
})
export class NodeGroupsModule {}
