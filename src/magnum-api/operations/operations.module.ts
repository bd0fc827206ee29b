import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { OperationsController } from './operations.controller.js';
import { OperationsService } from './operations.service.js';

@Module({ imports: [ClustersModule], controllers: [OperationsController], providers: [OperationsService] })
export class OperationsModule {}
