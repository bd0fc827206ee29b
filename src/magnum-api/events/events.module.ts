import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { EventsController } from './events.controller.js';

@Module({ imports: [ClustersModule], controllers: [EventsController] })
export class EventsModule {}
