import type { ControlPlaneAction } from './control-plane-action.js';
import type { ControlPlaneView, EtcdView, PlaneNode, PlaneSlot } from './control-plane-view.js';
import type { EtcdMember } from '../../kubernetes/etcd/etcd-answers.js';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type ModelNode = Mutable<PlaneNode> & { revision: number; willStop: boolean };
export type ModelSlot = Omit<Mutable<PlaneSlot>, 'node'> & { node: ModelNode | null; dataOf: string | null };

export interface ModelOptions {
  readonly slots: number;
  readonly hasVolumes: boolean;
}

/** What a control plane does when somebody acts on it, as small as it can be told; decides nothing. */
export class PlaneModel {
  desired: number;
  slots: ModelSlot[] = [];
  members: EtcdMember[] = [];
  leaderId: string | null = null;
  stale: string[] = [];
  problems: string[] = [];
  /** Slots whose new nodes fail to boot. */
  readonly cursed = new Set<number>();
  private drawn = 0;
  private lastIndex = -1;

  constructor(private readonly options: ModelOptions) {
    this.desired = options.slots;
    for (let index = 0; index < options.slots; index++) {
      const slot = this.newSlot();
      slot.stack = 'complete';
      slot.peerUrl = peerUrl(slot.index);
      slot.pool = options.slots > 1 ? 'on' : 'none';
      slot.node = this.newNode('ready', 1);
      this.addMember(slot);
      this.runs(slot);
    }
    this.elect();
  }

  get view(): ControlPlaneView {
    return {
      ...{ desired: this.desired, slots: this.slots, etcd: this.etcd(), isApiReady: this.hasQuorum(), hasLoadBalancer: true },
      ...{ staleNodeNames: this.stale, problems: this.problems },
    };
  }

  hasQuorum(): boolean {
    const voters = this.members.filter(({ isLearner }) => !isLearner);
    return voters.filter(({ id }) => this.isUp(id)).length * 2 > voters.length;
  }

  get voters(): number {
    return this.members.filter(({ isLearner }) => !isLearner).length;
  }

  slot(index: number): ModelSlot {
    const found = this.slots.find((slot) => slot.index === index);
    if (!found) throw new Error(`no slot ${index}`);
    return found;
  }

  kill(slot: ModelSlot, { fenceable }: { fenceable: boolean }): void {
    if (!slot.node) return;
    slot.node.isReady = false;
    slot.node.willStop = fenceable;
    this.elect();
  }

  /** What comes about by itself between two looks. */
  pass(): void {
    for (const slot of this.slots) {
      const { node } = slot;
      if (!node) continue;
      if (node.phase === 'building') {
        if (this.cursed.has(slot.index) && node.revision > 1) Object.assign(node, { phase: 'failed', failure: 'it did not join' });
        else if (!node.isReady) this.boot(slot, node);
      }
      if (!node.isStopOverdue && !node.willStop && (node.phase === 'deleting' || node.phase === 'draining') && !node.isReady) node.isStopOverdue = true;
    }
    this.elect();
  }

  do(action: ControlPlaneAction): void {
    const slotOf = (id: string): ModelSlot => this.slots.find((slot) => slot.id === id) ?? fail(`slot ${id}`);
    const at = (id: string): [ModelSlot, ModelNode] => {
      const slot = this.slots.find(({ node }) => node?.id === id);
      return slot?.node ? [slot, slot.node] : fail(`node ${id}`);
    };
    switch (action.kind) {
      case 'add-slot':
        this.newSlot();
        break;
      case 'build-slot':
        Object.assign(slotOf(action.slotId), { stack: 'complete', peerUrl: peerUrl(slotOf(action.slotId).index), volume: this.options.hasVolumes ? 'free' : 'none', isPortFree: true, pool: 'on' });
        break;
      case 'leave-slot':
        slotOf(action.slotId).leavingBecause = 'it is to go';
        break;
      case 'quarantine-slot':
        slotOf(action.slotId).isQuarantined = true;
        break;
      case 'delete-slot':
        this.slots = this.slots.filter(({ id }) => id !== action.slotId);
        break;
      case 'switch-pool':
        slotOf(action.slotId).pool = action.enabled ? 'on' : 'off';
        break;
      case 'draw-node': {
        const slot = slotOf(action.slotId);
        slot.node = this.newNode('planned', action.revision ?? 2);
        if (action.revision !== undefined) slot.node.standsInBecause = 'the newer one failed';
        if (action.bootMode === 'resume' && slot.dataOf === null) fail('resume without data');
        if (action.bootMode === 'join' && slot.dataOf !== null && slot.volume !== 'none') fail('join on a full volume');
        break;
      }
      case 'start-node': {
        const [slot, node] = at(action.nodeId);
        if (slot.volume === 'held' || !slot.isPortFree) fail('port or volume is held');
        Object.assign(slot, { isPortFree: false, volume: slot.volume === 'none' ? 'none' : 'held', wasUsed: true });
        Object.assign(node, { phase: 'building', server: 'running' });
        break;
      }
      case 'admit-node':
        at(action.nodeId)[1].phase = 'ready';
        break;
      case 'drain-node': {
        const node = at(action.nodeId)[1];
        node.phase = node.phase === 'draining' ? 'deleting' : 'draining';
        break;
      }
      case 'retire-node':
        at(action.nodeId)[1].phase = 'deleting';
        break;
      case 'stop-server': {
        const node = at(action.nodeId)[1];
        if (node.willStop) Object.assign(node, { server: 'off', isReady: false });
        break;
      }
      case 'delete-node': {
        const [slot, node] = at(action.nodeId);
        if (slot.leavingBecause === null && node.server === 'running') fail('a machine that runs is deleted');
        if (node.failure !== null && node.isOfThisAttempt && node.revision > 1) slot.fallbackRevision = 1;
        slot.node = null;
        Object.assign(slot, { isPortFree: true, volume: slot.volume === 'none' ? 'none' : 'free' });
        if (slot.volume === 'none') slot.dataOf = null;
        this.stale.push(node.name);
        break;
      }
      case 'promote-member':
        this.members = this.members.map((member) => (member.id === action.memberId ? { ...member, isLearner: false } : member));
        break;
      case 'remove-member':
        this.members = this.members.filter(({ id }) => id !== action.memberId);
        break;
      case 'move-leader':
        this.leaderId = action.toMemberId;
        break;
      case 'forget-nodes':
        this.stale = [];
        break;
    }
    this.elect();
  }

  private boot(slot: ModelSlot, node: ModelNode): void {
    const member = this.members.find(({ peerUrls }) => peerUrls[0] === slot.peerUrl);
    if (!member) this.addMember(slot);
    else if (slot.dataOf !== member.id) fail('a member without its data');
    node.isReady = true;
  }

  private runs(slot: ModelSlot): void {
    Object.assign(slot, { isPortFree: false, volume: this.options.hasVolumes ? 'held' : 'none', wasUsed: true });
  }

  private newSlot(): ModelSlot {
    const index = (this.lastIndex += 1);
    const slot: ModelSlot = {
      ...{ id: `slot-${index}`, index, leavingBecause: null, isQuarantined: false, stack: 'none', failure: null, isOfThisAttempt: false },
      ...{ peerUrl: null, volume: 'none', isPortFree: false, pool: 'none', wasUsed: false, fallbackRevision: null, node: null, dataOf: null },
    };
    this.slots.push(slot);
    return slot;
  }

  private newNode(phase: PlaneNode['phase'], revision: number): ModelNode {
    const id = `node-${(this.drawn += 1)}`;
    return {
      ...{ id, name: id, phase, replaceBecause: null, isDoomed: false, isSkipped: false, isReady: phase === 'ready', server: phase === 'ready' ? 'running' : 'none' },
      ...{ failure: null, isOfThisAttempt: phase !== 'ready', standsInBecause: null, notFencedBecause: null, isStopOverdue: false, revision, willStop: true },
    };
  }

  private addMember(slot: ModelSlot): void {
    const id = String(1000 + slot.index * 100 + this.drawn);
    this.members.push({ id, name: slot.node?.name ?? '', peerUrls: [slot.peerUrl ?? peerUrl(slot.index)], clientUrls: [], isLearner: false });
    slot.dataOf = id;
  }

  private isUp(memberId: string): boolean {
    const member = this.members.find(({ id }) => id === memberId);
    const slot = this.slots.find((each) => each.peerUrl !== null && member?.peerUrls.includes(each.peerUrl));
    return slot?.node?.isReady === true && slot.dataOf === memberId;
  }

  private etcd(): EtcdView | null {
    if (!this.hasQuorum()) return null;
    return { members: this.members, leaderId: this.leaderId, healthOf: new Map(this.members.filter(({ id }) => this.isUp(id)).map(({ id }) => [id, { isHealthy: true }])) };
  }

  private elect(): void {
    if (this.leaderId !== null && this.isUp(this.leaderId)) return;
    this.leaderId = this.hasQuorum() ? (this.members.find(({ id, isLearner }) => !isLearner && this.isUp(id))?.id ?? null) : null;
  }
}

const peerUrl = (index: number): string => `https://10.0.0.${10 + index}:2380`;

function fail(what: string): never {
  throw new Error(`the model refuses: ${what}`);
}
