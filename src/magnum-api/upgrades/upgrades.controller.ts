import { Body, Controller, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { acceptedSchema, type Accepted } from '../clusters/cluster.schema.js';
import { Ask, type Asking } from '../http/request-context.js';
import { SinceVersion } from '../http/since-version.js';
import { apiErrorSchema } from '../openapi/api-error.schema.js';
import { upgradeSchema, type UpgradeRequest } from './upgrade.schema.js';
import { UpgradesService } from './upgrades.service.js';

@ApiTags('clusters')
@Controller('/v1/clusters')
export class UpgradesController {
  constructor(private readonly service: UpgradesService) {}

  @Post(':cluster/actions/upgrade')
  @HttpCode(HttpStatus.ACCEPTED)
  @SinceVersion(7)
  @ApiOperation({ operationId: 'upgradeCluster', summary: 'Brings a cluster to another template, node by node' })
  @ApiAcceptedResponse({ standardSchema: acceptedSchema })
  @ApiConflictResponse({
    standardSchema: apiErrorSchema,
    description: "An upgrade is under way, the node group cannot follow that template, or the project's quotas leave no room for the nodes beyond the count (X-Jeroboam-Error says which)",
  })
  upgrade(@Ask() asking: Asking, @Param('cluster') cluster: string, @Body({ schema: upgradeSchema }) body: UpgradeRequest): Promise<Accepted> {
    return this.service.upgrade(asking, cluster, body);
  }
}
