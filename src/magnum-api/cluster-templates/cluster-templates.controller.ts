import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequiresRule } from '../access/requires-rule.js';
import { patchSchema, type Patch as JsonPatch } from '../http/json-patch.js';
import { listQuerySchema, type ListQuery } from '../http/list-query.js';
import { Ask, type Asking } from '../http/request-context.js';
import { TakesQuery } from '../http/takes-query.js';
import { clusterTemplateListSchema, clusterTemplateSchema, createClusterTemplateSchema, type ClusterTemplateView, type CreateClusterTemplate } from './cluster-template.schema.js';
import { ClusterTemplatesService } from './cluster-templates.service.js';

type List = Awaited<ReturnType<ClusterTemplatesService['list']>>;

@ApiTags('cluster templates')
@Controller('/v1/clustertemplates')
export class ClusterTemplatesController {
  constructor(private readonly service: ClusterTemplatesService) {}

  @Get()
  @RequiresRule('clustertemplate:get_all')
  @TakesQuery()
  @ApiOperation({ operationId: 'listClusterTemplates', summary: 'Cluster templates of the project, and public ones' })
  @ApiOkResponse({ standardSchema: clusterTemplateListSchema })
  list(@Ask() asking: Asking, @Query({ schema: listQuerySchema }) query: ListQuery): Promise<List> {
    return this.service.list(asking, query, 'clustertemplates');
  }

  @Get('detail')
  @RequiresRule('clustertemplate:detail')
  @TakesQuery()
  @ApiOperation({ operationId: 'listClusterTemplatesInDetail', summary: 'The same as the list' })
  @ApiOkResponse({ standardSchema: clusterTemplateListSchema })
  detail(@Ask() asking: Asking, @Query({ schema: listQuerySchema }) query: ListQuery): Promise<List> {
    return this.service.list(asking, query, 'clustertemplates/detail');
  }

  @Get(':template')
  @ApiOperation({ operationId: 'getClusterTemplate', summary: 'One cluster template, by uuid or name' })
  @ApiOkResponse({ standardSchema: clusterTemplateSchema })
  show(@Ask() asking: Asking, @Param('template') template: string): Promise<ClusterTemplateView> {
    return this.service.show(asking, template);
  }

  @Post()
  @HttpCode(HttpStatus.CREATED)
  @ApiOperation({ operationId: 'createClusterTemplate', summary: 'Makes a cluster template' })
  @ApiCreatedResponse({ standardSchema: clusterTemplateSchema, headers: { Location: { schema: { type: 'string' } } } })
  async create(
    @Ask() asking: Asking,
    @Body({ schema: createClusterTemplateSchema }) body: CreateClusterTemplate,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClusterTemplateView> {
    const created = await this.service.create(asking, body);
    reply.header('Location', `${asking.base}/v1/clustertemplates/${created.uuid}`);
    return created;
  }

  @Patch(':template')
  @ApiOperation({ operationId: 'updateClusterTemplate', summary: 'Changes a cluster template (JSON Patch)' })
  @ApiOkResponse({ standardSchema: clusterTemplateSchema })
  patch(
    @Ask() asking: Asking,
    @Param('template') template: string,
    @Body({ schema: patchSchema }) body: JsonPatch,
  ): Promise<ClusterTemplateView> {
    return this.service.patch(asking, template, body);
  }

  @Delete(':template')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ operationId: 'deleteClusterTemplate', summary: 'Removes a cluster template that no cluster uses' })
  @ApiNoContentResponse()
  delete(@Ask() asking: Asking, @Param('template') template: string): Promise<void> {
    return this.service.delete(asking, template);
  }
}
