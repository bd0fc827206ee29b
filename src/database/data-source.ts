import 'reflect-metadata';
import type pg from 'pg';
import { DataSource } from 'typeorm';
import { Cluster } from './cluster.entity.js';
import { ClusterRevision } from './cluster-revision.entity.js';
import { defaultConnectionLimits, type ConnectionLimits } from './connection-limits.js';
import { ClusterTemplate } from './cluster-template.entity.js';
import { ExternalResource } from './external-resource.entity.js';
import { InitialSchema1700000000001 } from './migrations/1700000000001-initial-schema.js';
import { GroupMembership1700000000030 } from './migrations/1700000000030-group-membership.js';
import { Reservations1700000000040 } from './migrations/1700000000040-reservations.js';
import { StatedWaits1700000000060 } from './migrations/1700000000060-stated-waits.js';
import { UnansweredRequests1700000000070 } from './migrations/1700000000070-unanswered-requests.js';
import { DayTwo1700000000080 } from './migrations/1700000000080-day-two.js';
import { SlotsThatGo1700000000090 } from './migrations/1700000000090-slots-that-go.js';
import { NodePhases1700000000110 } from './migrations/1700000000110-node-phases.js';
import { NodeMetadata1700000000120 } from './migrations/1700000000120-node-metadata.js';
import { NodeGroup } from './node-group.entity.js';
import { ClusterNode } from './node.entity.js';
import { OperationEvent } from './operation-event.entity.js';
import { OperationRecord } from './operation.entity.js';
import { OutboxRow } from './outbox.entity.js';
import { Reservation } from './reservation.entity.js';
import { Secret } from './secret.entity.js';
import { Slot } from './slot.entity.js';

/** A pool of connections to our database. Nothing is synchronised or migrated here: that is `migrate`'s step. */
export function createDataSource(url: string, poolSize: number, limits: ConnectionLimits = defaultConnectionLimits): DataSource {
  return new PooledDataSource({
    type: 'postgres',
    url,
    poolSize,
    entities: [
      Cluster,
      ClusterNode,
      ClusterRevision,
      ClusterTemplate,
      ExternalResource,
      NodeGroup,
      OperationEvent,
      OperationRecord,
      OutboxRow,
      Reservation,
      Secret,
      Slot,
    ],
    migrations: [InitialSchema1700000000001, GroupMembership1700000000030, Reservations1700000000040, StatedWaits1700000000060, UnansweredRequests1700000000070, DayTwo1700000000080, SlotsThatGo1700000000090, NodePhases1700000000110, NodeMetadata1700000000120],
    synchronize: false,
    // Ids are made here, so no extension (which needs a privileged role) is wanted.
    installExtensions: false,
    applicationName: 'jeroboam',
    extra: limits,
    // Said by whoever meets the error next; a connection that breaks while nobody uses it is replaced in silence.
    poolErrorHandler: () => undefined,
  });
}

/** Sees to it that a connection that was given up on (its query took too long) is not lent to anybody else. */
class PooledDataSource extends DataSource {
  override async initialize(): Promise<this> {
    await super.initialize();
    // TypeORM's driver for PostgreSQL keeps its pool here.
    const { master: pool } = this.driver as unknown as { readonly master: pg.Pool };
    pool.on('release', (_error, client) => {
      // node-postgres puts the next query behind the one that does not end; a client that ends is not taken back.
      if ('readyForQuery' in client && client.readyForQuery === false) void (client as unknown as pg.Client).end();
    });
    return this;
  }
}
