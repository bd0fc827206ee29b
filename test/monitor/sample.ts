/** What the simulator's `GET /world` shows of the cloud. */
export interface CloudView {
  /** Of the simulator's process; another one after a restart. */
  readonly instance: string;
  readonly servers: readonly ServerView[];
  readonly volumes: readonly { readonly id: string; readonly servers: readonly string[] }[];
  readonly stacks: readonly StackView[];
  /** All users, the seeded ones as well. */
  readonly users: readonly { readonly id: string; readonly name: string }[];
  readonly role_assignments: readonly { readonly id: string; readonly user_id: string; readonly project_id: string }[];
  readonly application_credentials: readonly { readonly id: string; readonly name: string; readonly user_id: string; readonly project_id: string }[];
  readonly clusters: readonly SimulatedCluster[];
}

export interface ServerView {
  readonly id: string;
  readonly name: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly status: string;
  /** Outermost stack that made it. */
  readonly stack_id: string | null;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
}

export interface StackView {
  readonly id: string;
  readonly name: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly tags: readonly string[];
}

export interface SimulatedCluster {
  readonly id: string;
  readonly etcd_cluster_id: string;
  /** `host:port` of its API servers. */
  readonly addresses: readonly string[];
  /** Named like the node they run on. */
  readonly etcd_members: readonly { readonly name: string; readonly running: boolean; readonly learner: boolean }[];
}

/** A call from outside that the simulated services answered. */
export interface RequestView {
  readonly seq: number;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly user_id: string | null;
}

/** The last answer of one cluster's own Kubernetes API. */
export interface KubernetesView {
  /** As in SimulatedCluster. */
  readonly id: string;
  /** Milliseconds, the monitor's clock. */
  readonly at: number;
  readonly nodes: readonly { readonly name: string; readonly ready: boolean }[];
  readonly pods: readonly PodView[];
}

export interface PodView {
  readonly name: string;
  readonly node: string;
  /** A drain has to evict it: no mirror or DaemonSet pod, and it still runs. */
  readonly evictable: boolean;
}

/** What the database held, read after the cloud. */
export interface DatabaseView {
  /** Those that live, and the deleted ones of which the cloud still showed something. */
  readonly clusters: readonly { readonly id: string; readonly status: string; readonly deleted: boolean }[];
  /** Running, waiting and queued ones. */
  readonly operations: readonly OperationView[];
  /** Those that are not gone. */
  readonly nodes: readonly NodeView[];
  readonly groups: readonly { readonly id: string; readonly cluster: string; readonly count: number }[];
  /** Lines of the ledger (tombstones too) for the names that were asked for. */
  readonly ledger: readonly { readonly type: string; readonly name: string; readonly tag: string | null }[];
  /** The index that lets one operation of a cluster run is there and in force. */
  readonly guarded: boolean;
}

export interface OperationView {
  readonly id: string;
  readonly cluster: string;
  readonly group: string | null;
  readonly kind: string;
  readonly state: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface NodeView {
  readonly id: string;
  readonly cluster: string;
  readonly group: string;
  readonly name: string;
  readonly role: string;
  readonly phase: string;
  readonly server: string | null;
}

/** One look at everything: the cloud first, then what was asked of it, then the database. */
export interface Sample {
  /** When it was taken (ms). */
  readonly at: number;
  readonly cloud: CloudView;
  /** Since the sample before. */
  readonly requests: readonly RequestView[];
  readonly kubernetes: readonly KubernetesView[];
  readonly database: DatabaseView;
  /** The last one: nothing is left for later. */
  readonly final: boolean;
}

export interface Violation {
  readonly invariant: 2 | 3 | 6 | 7 | 8;
  /** Which sentence of the invariant. */
  readonly rule: string;
  /** What it is about; the same subject is told once a rule. */
  readonly subject: string;
  readonly message: string;
}
