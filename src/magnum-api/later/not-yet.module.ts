import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { NotYetController } from './not-yet.controller.js';

@Module({ imports: [ClustersModule], controllers: [NotYetController] })
export class NotYetModule {}
