import { Controller, Get, Header, HttpCode, HttpStatus, Inject, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Base } from '../http/request-context.js';
import { minorMax, minorMin } from '../http/microversion.js';
import { OPENAPI_DOCUMENT, type OpenApiHolder } from '../openapi/openapi-holder.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { healthSchema, rootSchema, v1Schema, type Health, type Root, type V1 } from './discovery.view.js';

@ApiTags('discovery')
@Controller()
export class DiscoveryController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    @Inject(OPENAPI_DOCUMENT) private readonly openApi: OpenApiHolder,
  ) {}

  @Get('/')
  @ApiOperation({ operationId: 'listVersions', summary: 'Versions of this API', security: [] })
  @ApiOkResponse({ standardSchema: rootSchema })
  versions(@Base() base: string): Root {
    return {
      name: 'Jeroboam',
      description: "Lifecycle manager for container clusters, speaking Magnum's API.",
      versions: [{ id: 'v1', status: 'CURRENT', min_version: `1.${minorMin}`, max_version: `1.${minorMax}`, links: [{ href: `${base}/v1/`, rel: 'self' }] }],
    };
  }

  @Get('/v1')
  @ApiOperation({ operationId: 'getVersion1', summary: 'Resources of version 1', security: [] })
  @ApiOkResponse({ standardSchema: v1Schema })
  version1(@Base() base: string): V1 {
    const pair = (path: string): V1['clusters'] => [
      { href: `${base}/v1/${path}`, rel: 'self' },
      { href: `${base}/${path}`, rel: 'bookmark' },
    ];
    return {
      id: 'v1',
      media_types: [{ base: 'application/json', type: 'application/vnd.openstack.magnum.v1+json' }],
      links: [
        { href: `${base}/v1/`, rel: 'self' },
        { href: `${base}/v1/openapi.json`, rel: 'describedby', type: 'application/json' },
      ],
      // Magnum's list, whether or not this release serves them all: clients only read `id`.
      clustertemplates: pair('clustertemplates/'),
      clusters: pair('clusters/'),
      quotas: pair('quotas/'),
      certificates: pair('certificates/'),
      mservices: pair('mservices/'),
      stats: pair('stats/'),
      federations: pair('federations/'),
      credentials: pair('credentials/'),
      nodegroups: pair('clusters/{cluster_id}/nodegroups'),
    };
  }

  @Get('/healthcheck')
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ operationId: 'healthcheck', summary: 'Whether this process can serve', security: [] })
  @ApiOkResponse({ standardSchema: healthSchema })
  @ApiServiceUnavailableResponse({ standardSchema: healthSchema, description: 'The database does not answer' })
  async health(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    try {
      await this.runtime.dataSource.query('SELECT 1');
      return { detailed: false, reasons: ['OK'] };
    } catch (error) {
      this.runtime.log.error({ message: 'Healthcheck: the database does not answer', err: error });
      reply.status(HttpStatus.SERVICE_UNAVAILABLE);
      return { detailed: false, reasons: ['The database does not answer.'] };
    }
  }

  @Get('/v1/openapi.json')
  @ApiExcludeEndpoint()
  document(): object {
    return this.openApi.get();
  }
}
