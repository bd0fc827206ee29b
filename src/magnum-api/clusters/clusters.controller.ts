import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { InvalidParameterError } from '../../domain/domain-error.js';
import { RequiresRule } from '../access/requires-rule.js';
import { patchSchema, type Patch as JsonPatch } from '../http/json-patch.js';
import { boolean } from '../http/lenient-scalars.js';
import { listQuerySchema, type ListQuery } from '../http/list-query.js';
import { Ask, type Asking } from '../http/request-context.js';
import { TakesQuery } from '../http/takes-query.js';
import { apiErrorSchema } from '../openapi/api-error.schema.js';
import { ClusterCreation } from './cluster-creation.js';
import { acceptedSchema, clusterListSchema, clusterSchema, createClusterSchema, deleteQuerySchema, shortClusterListSchema, type Accepted, type ClusterView, type CreateCluster, type DeleteQuery } from './cluster.schema.js';
import { ClustersService } from './clusters.service.js';
import { deletePlanSchema, DeletePlanner, type DeletePlan } from './delete-plan.js';

const patchQuerySchema = z.strictObject({
  rollback: boolean().optional().describe('From microversion 1.3 on: go back to the state before when the change fails'),
});

/** From this microversion on PATCH knows `rollback`. */
const rollbackSince = 3;

@ApiTags('clusters')
@Controller('/v1/clusters')
export class ClustersController {
  constructor(
    private readonly service: ClustersService,
    private readonly creation: ClusterCreation,
    private readonly deletePlanner: DeletePlanner,
  ) {}

  @Get()
  @RequiresRule('cluster:get_all')
  @TakesQuery()
  @ApiOperation({ operationId: 'listClusters', summary: 'Clusters of the project (of all projects for admins)' })
  @ApiOkResponse({ standardSchema: shortClusterListSchema })
  list(@Ask() asking: Asking, @Query({ schema: listQuerySchema }) query: ListQuery): ReturnType<ClustersService['list']> {
    return this.service.list(asking, query);
  }

  @Get('detail')
  @RequiresRule('cluster:detail')
  @TakesQuery()
  @ApiOperation({ operationId: 'listClustersInDetail', summary: 'The same with all fields' })
  @ApiOkResponse({ standardSchema: clusterListSchema })
  detail(@Ask() asking: Asking, @Query({ schema: listQuerySchema }) query: ListQuery): ReturnType<ClustersService['detail']> {
    return this.service.detail(asking, query);
  }

  @Get(':cluster')
  @ApiOperation({ operationId: 'getCluster', summary: 'One cluster, by uuid or name' })
  @ApiOkResponse({ standardSchema: clusterSchema })
  show(@Ask() asking: Asking, @Param('cluster') cluster: string): Promise<ClusterView> {
    return this.service.show(asking, cluster);
  }

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'createCluster', summary: 'Accepts a new cluster' })
  @ApiAcceptedResponse({ standardSchema: acceptedSchema })
  @ApiConflictResponse({
    standardSchema: apiErrorSchema,
    description: "The project's quotas leave no room (X-Jeroboam-Error: insufficient-quota): names each resource, what is needed, available and held, and how to raise it; or several templates have the name",
  })
  create(@Ask() asking: Asking, @Body({ schema: createClusterSchema }) body: CreateCluster): Promise<Accepted> {
    return this.creation.create(asking, body);
  }

  @Patch(':cluster')
  @TakesQuery()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'updateCluster', summary: 'Changes a cluster (JSON Patch)' })
  @ApiAcceptedResponse({ standardSchema: acceptedSchema })
  patch(
    @Ask() asking: Asking,
    @Param('cluster') cluster: string,
    @Query({ schema: patchQuerySchema }) query: z.infer<typeof patchQuerySchema>,
    @Body({ schema: patchSchema }) body: JsonPatch,
  ): Promise<Accepted> {
    if (query.rollback !== undefined && asking.minor < rollbackSince) {
      throw new InvalidParameterError(`Unknown query parameter rollback: it exists from microversion 1.${rollbackSince} on.`);
    }
    return this.service.patch(asking, cluster, body);
  }

  @Delete(':cluster')
  @TakesQuery()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiOperation({
    operationId: 'deleteCluster',
    summary: 'Accepts the deletion of a cluster, in any state',
    description: 'Load balancers and volumes that the cluster made go with it. While a delete waits or runs, another one adds its query parameters to it and changes nothing else.',
  })
  @ApiNoContentResponse()
  delete(@Ask() asking: Asking, @Param('cluster') cluster: string, @Query({ schema: deleteQuerySchema }) query: DeleteQuery): Promise<void> {
    return this.service.delete(asking, cluster, query);
  }

  @Get(':cluster/plan/delete')
  @TakesQuery()
  @ApiOperation({ operationId: 'planClusterDeletion', summary: 'What a delete with these query parameters would remove; changes nothing' })
  @ApiOkResponse({ standardSchema: deletePlanSchema })
  planDeletion(@Ask() asking: Asking, @Param('cluster') cluster: string, @Query({ schema: deleteQuerySchema }) query: DeleteQuery): Promise<DeletePlan> {
    return this.deletePlanner.plan(asking, cluster, query);
  }
}
