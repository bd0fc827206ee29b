import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { clusterSpec, driver, groupOutputs, infraOutputs, nodeSpec } from '../../k8s-ubuntu/cluster-fixture.js';
import { giveUpAfterMs, lookEveryMs, type Ground, type Layout } from './layout.js';

interface NodeStack {
  readonly id: string;
  readonly stack_name: string;
  readonly stack_status: string;
  readonly stack_status_reason: string;
}

/**
 * A stack for each worker, of the product's own template and parameters, all asked for at once (no more than
 * NODE_STACKS_IN_FLIGHT, 20, in the bench) and observed by one list by tag. To replace is to make the new one first and to
 * delete its old one as soon as the new one is complete, each pair in its own order.
 */
export class NodeStacks implements Layout {
  readonly name = 'node stacks';
  private readonly tag = `bench-${randomBytes(4).toString('hex')}`;
  private readonly clusterId = randomUUID();
  private members: string[] = [];

  constructor(private readonly ground: Ground) {}

  async create(count: number): Promise<void> {
    this.members = await Promise.all(Array.from({ length: count }, () => this.post()));
    await this.until((stacks) => stacks.length === count && stacks.every(isComplete));
  }

  async replace(count: number): Promise<void> {
    const leaving = this.members.splice(0, count);
    const successors = await Promise.all(leaving.map(() => this.post()));
    this.members.push(...successors);
    const asked = new Set<string>();
    await this.until(async (stacks) => {
      for (const [index, old] of leaving.entries()) {
        const successor = stacks.find(({ stack_name: name }) => name === successors[index]);
        const predecessor = stacks.find(({ stack_name: name }) => name === old);
        if (!successor || !predecessor || !isComplete(successor) || asked.has(old)) continue;
        asked.add(old);
        await this.remove(predecessor);
      }
      return asked.size === count && stacks.length === this.members.length;
    });
  }

  async delete(): Promise<void> {
    for (const stack of await this.list()) await this.remove(stack);
    await this.until((stacks) => stacks.length === 0);
    this.members = [];
  }

  private async post(): Promise<string> {
    const { session, network, subnet, securityGroup, image, flavor } = this.ground;
    const stackName = `jb-${this.clusterId}-node-${randomUUID()}`;
    const spec = clusterSpec({ clusterId: this.clusterId, floatingIpEnabled: false });
    const node = nodeSpec('worker', 'join', { nodeId: randomUUID(), nodeName: `bench-${randomBytes(3).toString('hex')}` });
    const rendered = driver.renderNode(spec, node, { infra: infraOutputs, group: groupOutputs, slot: null });
    const parameters = { ...rendered.parameters, network, subnet, security_groups: [securityGroup], external_network: network, image, flavor, server_group: '' };
    const body = { stack_name: stackName, template: driver.templates[rendered.template], parameters, tags: this.tag, timeout_mins: 60, disable_rollback: true };
    await session.must('orchestration', 'POST', '/stacks', body);
    return stackName;
  }

  private async list(): Promise<NodeStack[]> {
    return (await this.ground.session.get<{ stacks: NodeStack[] }>('orchestration', `/stacks?tags=${this.tag}`)).stacks;
  }

  private async remove({ stack_name: name, id }: NodeStack): Promise<void> {
    await this.ground.session.must('orchestration', 'DELETE', `/stacks/${name}/${id}`);
  }

  private async until(isDone: (stacks: NodeStack[]) => boolean | Promise<boolean>): Promise<void> {
    const giveUpAt = Date.now() + giveUpAfterMs;
    for (;;) {
      const stacks = await this.list();
      const failed = stacks.find(({ stack_status: status }) => status.endsWith('_FAILED'));
      if (failed) throw new Error(`${failed.stack_name} is ${failed.stack_status}: ${failed.stack_status_reason}`);
      if (await isDone(stacks)) return;
      if (Date.now() > giveUpAt) throw new Error(`Node stacks did not end within ${giveUpAfterMs / 60_000} minutes.`);
      await pause(lookEveryMs);
    }
  }
}

const isComplete = ({ stack_status: status }: NodeStack): boolean => status === 'CREATE_COMPLETE';
