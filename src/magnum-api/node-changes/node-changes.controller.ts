import { Body, Controller, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { acceptedSchema, type Accepted } from '../clusters/cluster.schema.js';
import { Ask, type Asking } from '../http/request-context.js';
import { SinceVersion } from '../http/since-version.js';
import { apiErrorSchema } from '../openapi/api-error.schema.js';
import { changePlanSchema, planRequestSchema, type ChangePlan, type ChangePlanRequest } from './change-plan.schema.js';
import { replacementAcceptedSchema, replaceNodesSchema, resizeSchema, type ReplaceNodesRequest, type ReplacementAccepted, type ResizeRequest } from './node-change.schema.js';
import { NodeChangesService } from './node-changes.service.js';

@ApiTags('clusters')
@Controller('/v1/clusters/:cluster')
export class NodeChangesController {
  constructor(private readonly service: NodeChangesService) {}

  @Post('actions/resize')
  @SinceVersion(7)
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'resizeCluster', summary: 'Gives a node group another number of nodes, or replaces named ones' })
  @ApiAcceptedResponse({ standardSchema: acceptedSchema })
  @ApiConflictResponse({
    standardSchema: apiErrorSchema,
    description: 'A named node is no node of the group, node_count and nodes_to_remove disagree, or the quotas leave no room: nothing was changed',
  })
  resize(@Ask() asking: Asking, @Param('cluster') cluster: string, @Body({ schema: resizeSchema }) body: ResizeRequest): Promise<Accepted> {
    return this.service.resize(asking, cluster, body);
  }

  @Post('actions/replace-node')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'replaceNodes', summary: 'Replaces nodes by new ones: workers get theirs first, slots of the control plane one after the other' })
  @ApiAcceptedResponse({ standardSchema: replacementAcceptedSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: 'A reference names no node of the cluster, or several: nothing was changed' })
  replaceNodes(@Ask() asking: Asking, @Param('cluster') cluster: string, @Body({ schema: replaceNodesSchema }) body: ReplaceNodesRequest): Promise<ReplacementAccepted> {
    return this.service.replaceNodes(asking, cluster, body);
  }

  @Post('plan')
  @HttpCode(HttpStatus.OK)
  @ApiOperation({ operationId: 'planChange', summary: 'What an action would do, node by node, what it needs, and what stands in its way; changes nothing' })
  @ApiOkResponse({ standardSchema: changePlanSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: 'The action itself would be refused so' })
  plan(@Ask() asking: Asking, @Param('cluster') cluster: string, @Body({ schema: planRequestSchema }) body: ChangePlanRequest): Promise<ChangePlan> {
    return this.service.plan(asking, cluster, body);
  }
}
