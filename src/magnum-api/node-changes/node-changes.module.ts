import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { NodeChangesController } from './node-changes.controller.js';
import { NodeChangesService } from './node-changes.service.js';

@Module({ imports: [ClustersModule], controllers: [NodeChangesController], providers: [NodeChangesService] })
export class NodeChangesModule {}
