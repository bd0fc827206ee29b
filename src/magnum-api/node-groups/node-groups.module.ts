import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { NodeGroupsController } from './node-groups.controller.js';
import { NodeGroupsService } from './node-groups.service.js';

@Module({ imports: [ClustersModule], controllers: [NodeGroupsController], providers: [NodeGroupsService] })
export class NodeGroupsModule {}
