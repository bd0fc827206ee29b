import { Module } from '@nestjs/common';
import { CloudLookupsModule } from '../cloud-lookups/cloud-lookups.module.js';
import { ClusterTemplateStore } from './cluster-template.store.js';
import { ClusterTemplatesController } from './cluster-templates.controller.js';
import { ClusterTemplatesService } from './cluster-templates.service.js';

@Module({
  imports: [CloudLookupsModule],
  controllers: [ClusterTemplatesController],
  providers: [ClusterTemplatesService, ClusterTemplateStore],
  exports: [ClusterTemplateStore],
})
export class ClusterTemplatesModule {}
