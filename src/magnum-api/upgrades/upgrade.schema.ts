import { z } from 'zod';
import { boolean, integer, optional, text } from '../http/lenient-scalars.js';

/** Ten days: longer than anybody watches one node. */
const secondsMax = 864_000;
/** What Kubernetes itself is made for ("Considerations for large clusters"). */
const nodesMax = 5_000;

const share = (min: number) =>
  z.union([integer({ min, max: nodesMax }), z.string().regex(/^(100|[1-9]?\d)%$/)], { error: `expected a whole number from ${min} to ${nodesMax}, or a percentage such as 25%` });

const rollFields = {
  max_surge: optional(share(0)).describe('Nodes that a group may have beyond its count at one moment: a number or a percentage (rounded up); max_batch_size by default'),
  max_unavailable: optional(share(0)).describe('Nodes that a group may be short of at one moment: a number or a percentage (rounded down); 0 by default'),
  canary: optional(boolean()).describe('The first new node alone, for soak_seconds, before any other is made; false by default'),
  soak_seconds: optional(integer({ min: 0, max: secondsMax })).describe('How long a new node must have been Ready before it counts as good; 0 by default'),
  drain_timeout: optional(integer({ min: 0, max: secondsMax })).describe("Seconds that a node's pods have to go; the service's own setting by default"),
  drain_timeout_policy: optional(z.enum(['fail', 'force', 'skip-node'])).describe("What happens then: the operation rests, the pods are deleted, or the node is left as it is; the service's own setting by default"),
};

/** Body of POST actions/upgrade. */
export const upgradeSchema = z
  .strictObject({
    cluster_template: text().describe('uuid or name of the template that the cluster is to follow'),
    max_batch_size: optional(integer({ min: 1, max: nodesMax })).describe('Nodes that are replaced at the same time; 1 by default'),
    nodegroup: optional(text()).describe("uuid or name; default-worker by default, which stands for both default groups. A group of your own follows the cluster's present template only"),
    ...rollFields,
    on_failure: optional(z.enum(['pause', 'rollback'])).describe('When a new node is no good: rest until somebody decides (by default), or take the worker groups back to what they were'),
  })
  .meta({ id: 'ClusterUpgrade' });
export type UpgradeRequest = z.infer<typeof upgradeSchema>;
