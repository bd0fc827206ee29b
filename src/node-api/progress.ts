import { z } from 'zod';
import { secretNames } from '../domain/secret-names.js';
import { noteOfNode, type BootingNode } from './booting-node.js';
import { wakeFor } from './claim.js';
import type { NodeApiRuntime } from './node-api-runtime.js';
import { NodeApiError } from './node-api-error.js';

export const progressSchema = z.strictObject({
  phase: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'expected a word such as kubeadm' }),
  status: z.enum(['running', 'done', 'failed']),
  // U+0000 cannot be stored.
  message: z.string().max(1000).transform((text) => text.replaceAll('\u0000', '')).default(''),
});
export type Progress = z.infer<typeof progressSchema>;

/** Records how far a machine has come; `joined` and `done` end its boot. Wakes the operation that waits for it. */
export async function recordProgress(runtime: NodeApiRuntime, node: BootingNode, { phase, status, message }: Progress): Promise<void> {
  const isOver = node.phase === 'failed' || node.phase === 'deleting' || node.phase === 'gone';
  if (isOver) throw new NodeApiError('boot-ended', 'This node was given up.');
  const hasJoined = phase === 'joined' && status === 'done';
  await runtime.dataSource.transaction(async (manager) => {
    const [rows]: [{ changed: boolean }[], number] = await manager.query(
      `UPDATE nodes n SET boot_phase = $2, boot_status = $3, boot_message = $4, boot_reported_at = clock_timestamp(), updated_at = now(),
         phase = CASE WHEN $5 AND n.phase IN ('building', 'booting') THEN 'joined' ELSE n.phase END
       FROM nodes before WHERE n.id = $1 AND before.id = n.id
       RETURNING (before.boot_phase, before.boot_status) IS DISTINCT FROM (n.boot_phase, n.boot_status) AS changed`,
      [node.id, phase, status, message, hasJoined],
    );
    if (rows[0]?.changed) {
      await noteOfNode(manager, node, { type: 'node', message: `Node ${node.name}: ${phase} ${status}`, because: message === '' ? null : message });
    }
    if (hasJoined) await runtime.secrets.drop(manager, node.cluster_id, [secretNames.payload(node.id)]);
  });
  await wakeFor(runtime, node.cluster_id);
}
