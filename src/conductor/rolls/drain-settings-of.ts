import type { ClusterContext } from '../cluster-context.js';
import { configuredDrain, type DrainSettings } from '../drain/drain-settings.js';

/** How this operation empties nodes: as configured, and without regard for budgets from the first moment where its request says `force`. */
export function drainSettingsOf({ operation, runtime }: ClusterContext): DrainSettings {
  const configured = configuredDrain(runtime.config);
  return operation.input['force'] === true ? { ...configured, timeoutSeconds: 0, policy: 'force' } : configured;
}
