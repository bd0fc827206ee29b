import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { clusterSpec, driver, groupOutputs, infraOutputs, nodeSpec, userDataOf } from '../../k8s-ubuntu/cluster-fixture.js';
import { giveUpAfterMs, lookEveryMs, type Ground, type Layout } from './layout.js';

/** All workers in one stack, as a ResourceGroup of nested stacks: the layout that clusters of Magnum's Heat driver have. */
export class GroupStack implements Layout {
  readonly name = 'group stack';
  private readonly stackName = `bench-${randomBytes(4).toString('hex')}`;
  private readonly files: Readonly<Record<string, string>>;
  private readonly template: string;
  private id = '';
  private count = 0;
  private readonly removed: number[] = [];

  /** `templates` is the folder of group.yaml. */
  constructor(
    private readonly ground: Ground,
    templates: string,
  ) {
    this.template = readFileSync(join(templates, 'group.yaml'), 'utf8');
    this.files = { 'group-node.yaml': readFileSync(join(templates, 'group-node.yaml'), 'utf8') };
  }

  async create(count: number): Promise<void> {
    this.count = count;
    const { stack } = await this.ground.session.must<{ stack: { id: string } }>('orchestration', 'POST', '/stacks', { stack_name: this.stackName, ...this.body() });
    this.id = stack.id;
    await this.until('CREATE_COMPLETE');
  }

  async replace(count: number): Promise<void> {
    // The lowest indices that are still members.
    for (let index = 0, chosen = 0; chosen < count; index += 1) {
      if (this.removed.includes(index)) continue;
      this.removed.push(index);
      chosen += 1;
    }
    const before = await this.status();
    await this.ground.session.must('orchestration', 'PUT', `/stacks/${this.stackName}/${this.id}`, this.body());
    await this.until('UPDATE_COMPLETE', before.updated);
  }

  async delete(): Promise<void> {
    await this.ground.session.must('orchestration', 'DELETE', `/stacks/${this.stackName}/${this.id}`);
    await this.until('DELETE_COMPLETE');
  }

  private body(): Record<string, unknown> {
    const { network, subnet, securityGroup, image, flavor } = this.ground;
    const rendered = driver.renderNode(clusterSpec({ floatingIpEnabled: false }), nodeSpec('worker', 'join'), { infra: infraOutputs, group: groupOutputs, slot: null });
    const parameters = {
      ...{ name: this.stackName, count: this.count, removed: this.removed.map(String), user_data: userDataOf(rendered) },
      ...{ network, subnet, security_groups: [securityGroup], image, flavor },
    };
    return { template: this.template, files: this.files, parameters, timeout_mins: 60, disable_rollback: true };
  }

  private async status(): Promise<{ status: string; reason: string; updated: string | null }> {
    const { stack } = await this.ground.session.get<{ stack: { stack_status: string; stack_status_reason: string; updated_time: string | null } }>(
      'orchestration',
      `/stacks/${this.stackName}/${this.id}?resolve_outputs=False`,
    );
    return { status: stack.stack_status, reason: stack.stack_status_reason, updated: stack.updated_time };
  }

  /** `updatedBefore`: time of the update before, whose status is not the answer. */
  private async until(wanted: string, updatedBefore?: string | null): Promise<void> {
    const giveUpAt = Date.now() + giveUpAfterMs;
    for (;;) {
      const { status, reason, updated } = await this.status();
      if (status === wanted && (updatedBefore === undefined || updated !== updatedBefore)) return;
      if (status.endsWith('_FAILED')) throw new Error(`The group stack is ${status}: ${reason}`);
      if (Date.now() > giveUpAt) throw new Error(`The group stack is still ${status} after ${giveUpAfterMs / 60_000} minutes.`);
      await pause(lookEveryMs);
    }
  }
}
