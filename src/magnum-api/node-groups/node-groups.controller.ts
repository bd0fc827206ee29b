import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequiresRule } from '../access/requires-rule.js';
import { Ask, type Asking } from '../http/request-context.js';
import { SinceVersion } from '../http/since-version.js';
import { TakesQuery } from '../http/takes-query.js';
import { nodeGroupListSchema, nodeGroupSchema, type NodeGroupView } from './node-group.row.js';
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
}
