import { Module } from '@nestjs/common';
import { CloudLookupsModule } from '../cloud-lookups/cloud-lookups.module.js';
import { CloudQuotasModule } from '../cloud-quotas/cloud-quotas.module.js';
import { ClusterTemplatesModule } from '../cluster-templates/cluster-templates.module.js';
import { GrowthQuota } from '../node-changes/growth-quota.js';
import { Resizing } from '../node-changes/resizing.js';
import { ClusterCreation } from './cluster-creation.js';
import { ClusterShapes } from './cluster-shapes.js';
import { ClusterStore } from './cluster.store.js';
import { ClustersController } from './clusters.controller.js';
import { ClustersService } from './clusters.service.js';
import { DeletePlanner } from './delete-plan.js';

@Module({
  imports: [CloudLookupsModule, CloudQuotasModule, ClusterTemplatesModule],
  controllers: [ClustersController],
  providers: [ClustersService, ClusterCreation, ClusterShapes, ClusterStore, DeletePlanner, GrowthQuota, Resizing],
  exports: [ClusterShapes, ClusterStore, GrowthQuota, Resizing],
})
export class ClustersModule {}
