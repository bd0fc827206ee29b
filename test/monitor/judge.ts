import { acquainted, type Memory } from './memory.js';
import { judgeDuplicates } from './rules/duplicates.js';
import { judgeEtcdIdentity } from './rules/etcd-identity.js';
import { judgeLeaks } from './rules/leaks.js';
import { judgeLedger } from './rules/ledger.js';
import { judgeLostServers } from './rules/lost-servers.js';
import { judgeOperations } from './rules/operations.js';
import { judgeRollLimits } from './rules/roll-limits.js';
import { judgeSharedParts } from './rules/shared-parts.js';
import type { Sample, Violation } from './sample.js';

/** Everything that this sample, after those remembered, shows against the invariants. */
export function judge(earlier: Memory, sample: Sample): Violation[] {
  const memory = acquainted(earlier, sample);
  return [
    ...judgeOperations(sample),
    ...judgeDuplicates(memory, sample),
    ...judgeLeaks(memory, sample),
    ...judgeLedger(memory, sample),
    ...judgeLostServers(memory, sample),
    ...judgeSharedParts(sample),
    ...judgeEtcdIdentity(memory, sample),
    ...judgeRollLimits(memory, sample),
  ];
}
