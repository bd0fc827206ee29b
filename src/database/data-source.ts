import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { Cluster } from './cluster.entity.js';
import { ClusterTemplate } from './cluster-template.entity.js';
import { ExternalResource } from './external-resource.entity.js';
import { InitialSchema1700000000001 } from './migrations/1700000000001-initial-schema.js';
import { GroupMembership1700000000030 } from './migrations/1700000000030-group-membership.js';
import { Reservations1700000000040 } from './migrations/1700000000040-reservations.js';
import { StatedWaits1700000000060 } from './migrations/1700000000060-stated-waits.js';
import { NodeGroup } from './node-group.entity.js';
import { ClusterNode } from './node.entity.js';
import { OperationEvent } from './operation-event.entity.js';
import { OperationRecord } from './operation.entity.js';
import { OutboxRow } from './outbox.entity.js';
import { Reservation } from './reservation.entity.js';
import { Secret } from './secret.entity.js';
import { Slot } from './slot.entity.js';

/** A pool of connections to our database. Nothing is synchronised or migrated here: that is `migrate`'s step. */
export function createDataSource(url: string, poolSize: number): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    entities: [
      Cluster,
      ClusterNode,
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
    migrations: [InitialSchema1700000000001, GroupMembership1700000000030, Reservations1700000000040, StatedWaits1700000000060],
    synchronize: false,
    // Ids are made here, so no extension (which needs a privileged role) is wanted.
    installExtensions: false,
    applicationName: 'jeroboam',
  });
}
