import { Module } from '@nestjs/common';
import { CloudLookups } from './cloud-lookups.js';

@Module({ providers: [CloudLookups], exports: [CloudLookups] })
export class CloudLookupsModule {}
