/**
 * What any driver promises: public API, also for drivers outside this repository. A driver is pure: it chooses and
 * renders; only the conductor calls Heat or a cluster. Everything here is plain JSON, because it is stored with the
 * cluster and must render the same after a restart and after an upgrade of Jeroboam.
 */

import type { CountedResource } from '../domain/quota.js';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface ClusterType {
  readonly serverType: 'vm' | 'bm';
  /** Glance's os_distro property of the image, for example `ubuntu`. */
  readonly osDistro: string;
  readonly coe: 'kubernetes' | 'swarm' | 'mesos';
}

export interface LabelDefinition {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'cidr';
  readonly default?: string;
  readonly scope: 'template' | 'cluster' | 'nodegroup';
  readonly mutability: 'none' | 'metadata' | 'roll' | 'recreate';
  readonly text: string;
}

export type NodeRole = 'control-plane' | 'worker';

/** A node group as it is rendered; sizes in GiB, 0 = none. */
export interface GroupSpec {
  readonly groupId: string;
  readonly name: string;
  readonly role: NodeRole;
  readonly imageId: string;
  readonly flavorId: string;
  readonly bootVolumeSizeGib: number;
  readonly bootVolumeType: string | null;
  readonly dockerVolumeSizeGib: number;
  readonly dockerVolumeType: string | null;
  /** What the group's own image has installed, where that is not the cluster's version; absent: ClusterSpec.kubernetesVersion. */
  readonly kubernetesVersion?: string;
  /** Kubernetes labels of the group's nodes. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Kubernetes taints of the group's nodes; absent: none. */
  readonly nodeTaints?: readonly NodeTaintSpec[];
  /** The group's own labels, which go before the cluster's where a label's scope is `nodegroup`; absent: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Goes before label server_group_policies: `none` for a group that has more nodes than a server group may have members. */
  readonly serverGroupPolicy?: ServerGroupPolicy;
}

export interface NodeTaintSpec {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export type ServerGroupPolicy = 'none' | 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';

/** Everything that a cluster's stacks and nodes are rendered from: every default resolved, every name looked up. */
export interface ClusterSpec {
  readonly clusterId: string;
  readonly clusterName: string;
  readonly projectId: string;
  /** Name of the driver that was chosen when the cluster was accepted. */
  readonly driver: string;
  /** `v1.32.4`: the image's kube_version property. */
  readonly kubernetesVersion: string;
  readonly externalNetworkId: string;
  /** An existing network and subnet to use instead of new ones. */
  readonly fixedNetworkId: string | null;
  readonly fixedSubnetId: string | null;
  /** CIDR of the new subnet, of the pods and of the services. */
  readonly subnetCidr: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly clusterDomain: string;
  readonly dnsNameservers: readonly string[];
  readonly floatingIpEnabled: boolean;
  readonly masterLbEnabled: boolean;
  /** TCP port of the Kubernetes API. */
  readonly apiPort: number;
  /** The public half of the requester's Nova keypair (keypairs belong to users, so key_name is never used). */
  readonly sshPublicKey: string | null;
  readonly networkDriver: string;
  readonly etcdVolumeSizeGib: number;
  readonly etcdVolumeType: string | null;
  readonly httpProxy: string | null;
  readonly httpsProxy: string | null;
  readonly noProxy: string | null;
  readonly insecureRegistry: string | null;
  /** The driver's labels with every default filled in, and unknown ones as they came. */
  readonly labels: Readonly<Record<string, string>>;
  /** HOT text by template name, frozen when the cluster was accepted. */
  readonly templates: Readonly<Record<string, string>>;
  readonly groups: readonly GroupSpec[];
}

export interface SlotSpec {
  /** Number of the control-plane slot; never used again once removed. */
  readonly index: number;
}

export type BootMode = 'init' | 'join' | 'resume';

export interface NodeSpec {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly group: GroupSpec;
  readonly slotIndex: number | null;
  readonly bootMode: BootMode;
  /** One-shot secret of the node's first call; travels in user-data, inside a hidden Heat parameter. */
  readonly claimToken: string;
  readonly nodeApiUrl: string;
  readonly nodeApiCaPem: string;
  readonly bootDeadlineSeconds: number;
}

/** Values of a stack's outputs by name; null where an output's condition was false. */
export type StackOutputs = Readonly<Record<string, Json>>;

export interface RenderedStack {
  /** Key of ClusterSpec.templates. */
  readonly template: string;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Files that the template names, by those names: nested templates. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A node as its group's stack shows it to people and tools who read Heat. */
export interface GroupMember {
  /** Number in the group, never used again. */
  readonly index: number;
  readonly nodeName: string;
  /** Nova's id; null while there is no server yet. */
  readonly serverId: string | null;
}

export interface KeyPairPem {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface BootstrapToken {
  /** kubeadm's form: six characters, a full stop, sixteen characters of [a-z0-9]. */
  readonly token: string;
  readonly description: string;
  readonly expiresAt: string;
}

/** By what a cluster's API is called; both are fixed only once its slots have addresses. */
export interface ClusterEndpoint {
  /** host:port, fixed for the cluster's life. */
  readonly controlPlaneEndpoint: string;
  /** Names and addresses the API server's certificate must be good for, beyond kubeadm's own. */
  readonly apiServerNames: readonly string[];
}

/** What only a node's payload holds; CA keys are left out of a worker's. */
export interface BootMaterial extends ClusterEndpoint {
  readonly kubernetesCa: KeyPairPem;
  readonly etcdCa: KeyPairPem;
  readonly frontProxyCa: KeyPairPem;
  readonly serviceAccountKey: { readonly publicKeyPem: string; readonly privateKeyPem: string };
  /** `sha256:<hex>` of the Kubernetes CA's public key, as kubeadm's discovery wants it. */
  readonly caCertHash: string;
  /** The joining node's own token; for `init`, all tokens that must exist as soon as the API answers. */
  readonly bootstrapTokens: readonly BootstrapToken[];
  readonly nodeAddress: string | null;
}

export interface PayloadFile {
  readonly path: string;
  /** Octal text, for example `0600`. */
  readonly mode: string;
  readonly content: string;
}

/** A Kubernetes object to apply; the conductor owns the apply. */
export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: Json | undefined };
  readonly [key: string]: unknown;
}

/** An image of something that was installed once and is the cluster's own since: only this of it is changed. */
export interface ComponentImage {
  readonly kind: 'DaemonSet' | 'Deployment';
  readonly namespace: string;
  /** Of the object, and of its container. */
  readonly name: string;
  readonly container: string;
  readonly image: string;
}

export interface ResolvedLabels {
  /** Given labels overlaid on the driver's defaults. */
  readonly values: Readonly<Record<string, string>>;
  /** One sentence a wrong label, naming it and what is expected; any refuses the request. */
  readonly problems: readonly string[];
}

/** One of a cluster's stacks: the infra stack, a group's, a control-plane slot's, or a node's. */
export type StackUnit =
  | { readonly level: 'infra' }
  | { readonly level: 'group'; readonly group: GroupSpec }
  | { readonly level: 'slot' }
  | { readonly level: 'node'; readonly group: GroupSpec };

/** What a stack holds of what OpenStack limits by quota. */
export interface StackContents {
  /** All but servers, volumes and the stack itself. */
  readonly counts: Readonly<Partial<Record<CountedResource, number>>>;
  /** A flavor's id for each server. */
  readonly servers: readonly string[];
  readonly volumes: readonly { readonly sizeGib: number; readonly type: string | null }[];
}

export interface ClusterDriver {
  readonly name: string;
  readonly provides: readonly ClusterType[];
  readonly labels: readonly LabelDefinition[];
  /** HOT text by template name. */
  readonly templates: Readonly<Record<string, string>>;
  resolveLabels(given: Readonly<Record<string, string>>): ResolvedLabels;
  /** One sentence for each thing in a new cluster's spec that does not go together; any refuses the request. */
  specProblems?(spec: ClusterSpec): readonly string[];
  /** What a stack will take of the project's quotas: reserved before anything is made. */
  stackContents(spec: ClusterSpec, unit: StackUnit): StackContents;
  renderInfra(spec: ClusterSpec): RenderedStack;
  /**
   * A driver whose group stacks show their members renders these into `files`, and such a stack is updated whenever its
   * members change; without `files` it never is. An update must leave alone everything but what shows the members.
   */
  renderGroup(spec: ClusterSpec, group: GroupSpec, infra: StackOutputs, members: readonly GroupMember[]): RenderedStack;
  renderSlot(spec: ClusterSpec, slot: SlotSpec, infra: StackOutputs): RenderedStack;
  renderNode(spec: ClusterSpec, node: NodeSpec, stacks: { infra: StackOutputs; group: StackOutputs; slot: StackOutputs | null }): RenderedStack;
  renderPayload(spec: ClusterSpec, node: NodeSpec, material: BootMaterial): readonly PayloadFile[];
  /** What the conductor applies before nodes can become Ready: the CNI. */
  renderAddOns(spec: ClusterSpec): readonly KubernetesManifest[];
  /** What machines of the spec's version read from the cluster when they join: applied before the first of them is made. */
  renderJoinObjects?(spec: ClusterSpec, endpoint: ClusterEndpoint): readonly KubernetesManifest[];
  /** What goes with the spec's version and came with the cluster's first machine: set once the control plane has the version. */
  renderComponentImages?(spec: ClusterSpec): readonly ComponentImage[];
}
