import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { NodeChangesController } from './node-changes.controller.js';
import { NodeChangesService } from './node-changes.service.js';
import { Planning } from './planning.js';
import { Replacing } from './replacing.js';

@Module({ imports: [ClustersModule], controllers: [NodeChangesController], providers: [NodeChangesService, Planning, Replacing] })
export class NodeChangesModule {}
