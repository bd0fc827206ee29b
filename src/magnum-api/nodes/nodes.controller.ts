import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { requireAllowed } from '../access/policy.js';
import { ClusterStore } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import { Ask, type Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { nodeListSchema, selectNodes, viewNode, type NodeRow, type NodeView } from './node.view.js';

@ApiTags('nodes')
@Controller('/v1/clusters/:cluster/nodes')
export class NodesController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listNodes', summary: 'Nodes of a cluster: phase, reason, addresses' })
  @ApiOkResponse({ standardSchema: nodeListSchema })
  async list(@Ask() { caller }: Asking, @Param('cluster') reference: string): Promise<{ nodes: NodeView[] }> {
    const cluster = await this.clusters.get(caller, reference, 'all');
    requireAllowed('cluster:get', caller, targetOf(cluster));
    const rows: NodeRow[] = await this.runtime.dataSource.query(selectNodes, [cluster.id]);
    return { nodes: rows.map(viewNode) };
  }
}
