import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { listQuerySchema, type ListQuery } from '../http/list-query.js';
import { Ask, type Asking } from '../http/request-context.js';
import { TakesQuery } from '../http/takes-query.js';
import { apiErrorSchema } from '../openapi/api-error.schema.js';
import {
  operationDetailSchema,
  operationEventsQuerySchema,
  operationEventsSchema,
  operationListSchema,
  skipNodeSchema,
  type OperationDetail,
  type OperationEvents,
  type OperationEventsQuery,
  type SkipNodeRequest,
} from './operation.view.js';
import { OperationVerbsService } from './operation-verbs.service.js';
import { OperationsService } from './operations.service.js';

@ApiTags('operations')
@Controller('/v1')
export class OperationsController {
  constructor(
    private readonly service: OperationsService,
    private readonly verbs: OperationVerbsService,
  ) {}

  @Get('clusters/:cluster/operations')
  @TakesQuery()
  @ApiOperation({ operationId: 'listOperations', summary: 'Operations of a cluster, oldest first' })
  @ApiOkResponse({ standardSchema: operationListSchema })
  list(@Ask() asking: Asking, @Param('cluster') cluster: string, @Query({ schema: listQuerySchema }) query: ListQuery): ReturnType<OperationsService['listOfCluster']> {
    return this.service.listOfCluster(asking, cluster, query);
  }

  @Get('operations/:operation')
  @ApiOperation({ operationId: 'getOperation', summary: 'One operation: where it is, why it waits, what to do' })
  @ApiOkResponse({ standardSchema: operationDetailSchema })
  show(@Ask() asking: Asking, @Param('operation') operation: string): Promise<OperationDetail> {
    return this.service.show(asking, operation);
  }

  @Post('operations/:operation/actions/retry')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'retryOperation', summary: 'Tries a failed operation again' })
  @ApiAcceptedResponse({ standardSchema: operationDetailSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: 'It has not failed, or another operation came after it' })
  retry(@Ask() asking: Asking, @Param('operation') operation: string): Promise<OperationDetail> {
    return this.service.retry(asking, operation);
  }

  @Get('operations/:operation/events')
  @TakesQuery()
  @ApiOperation({ operationId: 'listOperationEvents', summary: 'The whole history of an operation, oldest first: what was done to which node, and why' })
  @ApiOkResponse({ standardSchema: operationEventsSchema })
  events(@Ask() asking: Asking, @Param('operation') operation: string, @Query({ schema: operationEventsQuerySchema }) query: OperationEventsQuery): Promise<OperationEvents> {
    return this.service.events(asking, operation, query);
  }

  @Post('operations/:operation/actions/pause')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'pauseOperation', summary: 'Has a change of a cluster rest, at the end of its turn, until it is resumed; nodes that were being emptied are opened again' })
  @ApiAcceptedResponse({ standardSchema: operationDetailSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: 'It has ended, or cannot be paused' })
  pause(@Ask() asking: Asking, @Param('operation') operation: string): Promise<OperationDetail> {
    return this.verbs.ask(asking, operation, 'pause');
  }

  @Post('operations/:operation/actions/resume')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'resumeOperation', summary: 'Has a paused operation go on from what there is by then' })
  @ApiAcceptedResponse({ standardSchema: operationDetailSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: 'It is not paused, or another one took its place' })
  resume(@Ask() asking: Asking, @Param('operation') operation: string): Promise<OperationDetail> {
    return this.verbs.ask(asking, operation, 'resume');
  }

  @Post('operations/:operation/actions/cancel')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'cancelOperation', summary: 'Ends a change of a cluster and accepts what it has done so far; also one that is paused or has failed' })
  @ApiAcceptedResponse({ standardSchema: operationDetailSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: 'It has ended, or cannot be cancelled' })
  cancel(@Ask() asking: Asking, @Param('operation') operation: string): Promise<OperationDetail> {
    return this.verbs.ask(asking, operation, 'cancel');
  }

  @Post('operations/:operation/actions/skip-node')
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiOperation({ operationId: 'skipNode', summary: 'Has an operation leave one node as it is' })
  @ApiAcceptedResponse({ standardSchema: operationDetailSchema })
  @ApiConflictResponse({ standardSchema: apiErrorSchema, description: 'There is no such node, or it is being emptied or removed already' })
  skipNode(@Ask() asking: Asking, @Param('operation') operation: string, @Body({ schema: skipNodeSchema }) { node }: SkipNodeRequest): Promise<OperationDetail> {
    return this.verbs.skip(asking, operation, node);
  }
}
