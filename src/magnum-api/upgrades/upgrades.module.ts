import { Module } from '@nestjs/common';
import { CloudLookupsModule } from '../cloud-lookups/cloud-lookups.module.js';
import { CloudQuotasModule } from '../cloud-quotas/cloud-quotas.module.js';
import { ClusterTemplatesModule } from '../cluster-templates/cluster-templates.module.js';
import { ClustersModule } from '../clusters/clusters.module.js';
import { UpgradeShapes } from './upgrade-shapes.js';
import { UpgradesController } from './upgrades.controller.js';
import { UpgradesService } from './upgrades.service.js';

@Module({
  imports: [CloudLookupsModule, CloudQuotasModule, ClusterTemplatesModule, ClustersModule],
  controllers: [UpgradesController],
  providers: [UpgradesService, UpgradeShapes],
})
export class UpgradesModule {}
