import { Module } from '@nestjs/common';
import { ProjectQuotas } from './project-quotas.js';

@Module({ providers: [ProjectQuotas], exports: [ProjectQuotas] })
export class CloudQuotasModule {}
