import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Ask, type Asking } from '../http/request-context.js';
import { TakesQuery } from '../http/takes-query.js';
import {
  certificateQuerySchema,
  certificateSchema,
  signCertificateSchema,
  signedCertificateSchema,
  type CertificateQuery,
  type CertificateView,
  type SignCertificate,
  type SignedCertificateView,
} from './certificate.schema.js';
import { CertificatesService } from './certificates.service.js';

@ApiTags('certificates')
@Controller('/v1/certificates')
export class CertificatesController {
  constructor(private readonly service: CertificatesService) {}

  @Get(':cluster')
  @TakesQuery()
  @ApiOperation({ operationId: 'getCertificate', summary: "A cluster's CA certificate" })
  @ApiOkResponse({ standardSchema: certificateSchema })
  show(@Ask() asking: Asking, @Param('cluster') cluster: string, @Query({ schema: certificateQuerySchema }) query: CertificateQuery): Promise<CertificateView> {
    return this.service.show(asking, cluster, query.ca_cert_type);
  }

  @Get(':cluster/:type')
  @ApiOperation({ operationId: 'getCertificateOfType', summary: "One of a cluster's CA certificates: kubernetes, etcd or front-proxy" })
  @ApiOkResponse({ standardSchema: certificateSchema })
  showOfType(@Ask() asking: Asking, @Param('cluster') cluster: string, @Param('type') type: string): Promise<CertificateView> {
    return this.service.show(asking, cluster, type);
  }

  @Post()
  @HttpCode(HttpStatus.CREATED)
  @ApiOperation({ operationId: 'signCertificate', summary: "Signs a certificate request with a cluster's CA" })
  @ApiCreatedResponse({ standardSchema: signedCertificateSchema })
  sign(@Ask() asking: Asking, @Body({ schema: signCertificateSchema }) body: SignCertificate): Promise<SignedCertificateView> {
    return this.service.sign(asking, body);
  }
}
