import { acceptAsItIs } from '../../database/accept-as-it-is.js';
import type { ClusterContext } from '../cluster-context.js';
import type { Operation } from '../operation/operation.js';
import { settlesUpdate } from '../operation/settle-update.js';

/** The ends of operations that change a group's nodes and nothing else: the group's count is what is there, unless more was wanted meanwhile. */
export const settlesCount = {
  ...settlesUpdate,
  succeeded: async (context, manager) => {
    await acceptAsItIs(manager, context.operation);
    await settlesUpdate.succeeded(context, manager);
  },
  stopped: async (context, manager, wish, because) => {
    if (wish === 'cancel') await acceptAsItIs(manager, context.operation);
    await settlesUpdate.stopped(context, manager, wish, because);
  },
} as const satisfies Pick<Operation<ClusterContext>, 'succeeded' | 'failed' | 'stopped'>;
