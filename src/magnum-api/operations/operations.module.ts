import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { OperationsController } from './operations.controller.js';
import { OperationsService } from './operations.service.js';
import { OperationVerbsService } from './operation-verbs.service.js';

@Module({ imports: [ClustersModule], controllers: [OperationsController], providers: [OperationsService, OperationVerbsService] })
export class OperationsModule {}
