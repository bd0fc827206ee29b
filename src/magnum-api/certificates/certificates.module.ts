import { Module } from '@nestjs/common';
import { ClustersModule } from '../clusters/clusters.module.js';
import { CertificatesController } from './certificates.controller.js';
import { CertificatesService } from './certificates.service.js';

@Module({ imports: [ClustersModule], controllers: [CertificatesController], providers: [CertificatesService] })
export class CertificatesModule {}
