import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A wake-up that was committed with the change that wants it; deleted when the queue has it. */
@Entity({ name: 'outbox' })
export class OutboxRow {
  @PrimaryGeneratedColumn('identity', { type: 'int', generatedIdentity: 'ALWAYS' }) id!: number;
  @Column('uuid', { name: 'operation_id' }) operationId!: string;
  @Column({ type: 'timestamptz', name: 'created_at', insert: false }) createdAt!: Date;
}
