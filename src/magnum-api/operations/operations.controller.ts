import { Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { listQuerySchema, type ListQuery } from '../http/list-query.js';
import { Ask, type Asking } from '../http/request-context.js';
import { TakesQuery } from '../http/takes-query.js';
import { apiErrorSchema } from '../openapi/api-error.schema.js';
import { operationDetailSchema, operationListSchema, type OperationDetail } from './operation.view.js';
import { OperationsService } from './operations.service.js';

@ApiTags('operations')
@Controller('/v1')
export class OperationsController {
  constructor(private readonly service: OperationsService) {}

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
}
