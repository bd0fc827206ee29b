import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { NodesController } from './nodes.controller.js';

@Module({ imports: [ClustersModule], controllers: [NodesController] })
export class NodesModule {}
