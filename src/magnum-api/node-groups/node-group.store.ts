import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NotFoundError } from '../../domain/domain-error.js';
import { identify } from '../http/lookup.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { selectNodeGroups, type NodeGroupRow } from './node-group.row.js';

@Injectable()
export class NodeGroupStore {
  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  /** By uuid, name (unique in the cluster) or row id. */
  async get(clusterId: string, reference: string, manager: EntityManager = this.runtime.dataSource.manager): Promise<NodeGroupRow> {
    const identity = identify(reference);
    if (identity.kind === 'nothing') throw nodeGroupNotFound(reference);
    const rowId = /^[1-9]\d{0,8}$/.test(reference) ? Number(reference) : null;
    const rows: NodeGroupRow[] = await manager.query(
      `${selectNodeGroups} WHERE g.cluster_id = $1 AND (g.id = $2 OR g.name = $3 OR g.row_id = $4) ORDER BY g.row_id = $4 DESC NULLS LAST LIMIT 1`,
      [clusterId, identity.kind === 'id' ? identity.id : null, identity.kind === 'name' ? identity.name : null, rowId],
    );
    const [row] = rows;
    if (!row) throw nodeGroupNotFound(reference);
    return row;
  }
}

export const nodeGroupNotFound = (reference: string): NotFoundError => new NotFoundError('not-found', `Node group ${reference} could not be found.`);
