import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequiresRule } from '../access/requires-rule.js';
import { patchSchema, type Patch as JsonPatch } from '../http/json-patch.js';
import { Ask, type Asking } from '../http/request-context.js';
import { SinceVersion } from '../http/since-version.js';
import { TakesQuery } from '../http/takes-query.js';
import { nodeGroupListSchema, nodeGroupSchema, type NodeGroupView } from './node-group.row.js';
import { apiErrorSchema } from '../openapi/api-error.schema.js';
import { createNodeGroupSchema, type CreateNodeGroup } from './node-group.schema.js';
import { nodeGroupListQuerySchema, NodeGroupsService, type NodeGroupListQuery } from './node-groups.service.js';

@ApiTags('node groups')
@SinceVersion(9)
@Controller('/v1/clusters/:cluster/nodegroups')
export class NodeGroupsController {
  constructor(private readonly service: NodeGroupsService) {}

  @Get()
  @RequiresRule('nodegroup:get_all')
  @TakesQuery()
  @ApiOperation({ operationId: 'listNodeGroups', summary: 'Node groups of a cluster, from microversion 1.9 on' })
  @ApiOkResponse({ standardSchema: nodeGroupListSchema })
  list(@Ask() asking: Asking, @Param('cluster') cluster: string, @Query({ schema: nodeGroupListQuerySchema }) query: NodeGroupListQuery): ReturnType<NodeGroupsService['list']> {
    return this.service.list(asking, cluster, query);
  }

  @Get(':nodegroup')
  @RequiresRule('nodegroup:get')
  @ApiOperation({ operationId: 'getNodeGroup', summary: 'One node group, by uuid, name or id' })
  @ApiOkResponse({ standardSchema: nodeGroupSchema })
  show(@Ask() asking: Asking, @Param('cluster') cluster: string, @Param('nodegroup') nodeGroup: string): Promise<NodeGroupView> {
    return this.service.show(asking, cluster, nodeGroup);
  }

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'createNodeGroup', summary: 'Accepts a new group of workers' })
  @ApiAcceptedResponse({ standardSchema: nodeGroupSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: "The name is taken, values contradict each other, the cluster is not in a state for it, or the project's quotas leave no room" })
  create(@Ask() asking: Asking, @Param('cluster') cluster: string, @Body({ schema: createNodeGroupSchema }) body: CreateNodeGroup): Promise<NodeGroupView> {
    return this.service.create(asking, cluster, body);
  }

  @Patch(':nodegroup')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'updateNodeGroup', summary: "Changes a group's limits, Kubernetes labels and taints (JSON Patch)" })
  @ApiAcceptedResponse({ standardSchema: nodeGroupSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: 'Values contradict each other, or the cluster or the group is not in a state for it' })
  patch(@Ask() asking: Asking, @Param('cluster') cluster: string, @Param('nodegroup') nodeGroup: string, @Body({ schema: patchSchema }) body: JsonPatch): Promise<NodeGroupView> {
    return this.service.patch(asking, cluster, nodeGroup, body);
  }

  @Delete(':nodegroup')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({ operationId: 'deleteNodeGroup', summary: 'Accepts the deletion of a group; its nodes are drained first. The default groups stay' })
  @ApiNoContentResponse()
  delete(@Ask() asking: Asking, @Param('cluster') cluster: string, @Param('nodegroup') nodeGroup: string): Promise<void> {
    return this.service.delete(asking, cluster, nodeGroup);
  }
}
