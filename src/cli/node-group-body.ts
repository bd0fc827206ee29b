import type { Item } from './coe-client.js';
import { LabelArgumentError, parseLabels } from './label-arguments.js';

/** The options of `coe nodegroup create`. */
export interface NodeGroupOptions {
  readonly nodeCount: number;
  readonly minNodes?: number;
  readonly maxNodes?: number;
  readonly role: string;
  readonly image?: string;
  readonly flavor?: string;
  readonly dockerVolumeSize?: number;
  readonly labels: string[];
  readonly mergeLabels?: boolean;
  readonly nodeLabels: string[];
  readonly nodeTaints: string[];
}

/** The body of POST /v1/clusters/…/nodegroups that the options ask for. */
export function nodeGroupBody(name: string, options: NodeGroupOptions): Item {
  const { image, flavor, dockerVolumeSize, minNodes, maxNodes } = options;
  return {
    name,
    node_count: options.nodeCount,
    role: options.role,
    ...(minNodes === undefined ? {} : { min_node_count: minNodes }),
    ...(maxNodes === undefined ? {} : { max_node_count: maxNodes }),
    ...(image === undefined ? {} : { image_id: image }),
    ...(flavor === undefined ? {} : { flavor_id: flavor }),
    ...(dockerVolumeSize === undefined ? {} : { docker_volume_size: dockerVolumeSize }),
    ...(options.labels.length > 0 ? { labels: parseLabels(options.labels) } : {}),
    ...(options.mergeLabels === true ? { merge_labels: true } : {}),
    ...(options.nodeLabels.length > 0 ? { node_labels: parseLabels(options.nodeLabels) } : {}),
    ...(options.nodeTaints.length > 0 ? { node_taints: parseTaints(options.nodeTaints) } : {}),
  };
}

/** The options of `coe nodegroup update`; null: not given. */
export interface NodeGroupChanges {
  readonly minNodes?: number;
  readonly maxNodes?: number;
  readonly nodeLabels: string[] | null;
  readonly nodeTaints: string[] | null;
}

/** The JSON Patch for the options; an empty text clears labels or taints. Throws when nothing is given. */
export function nodeGroupPatch({ minNodes, maxNodes, nodeLabels, nodeTaints }: NodeGroupChanges): Item[] {
  const replace = (path: string, value: string | number): Item => ({ op: 'replace', path, value });
  const given = (texts: string[]): string[] => texts.filter((text) => text !== '');
  const patch = [
    ...(minNodes === undefined ? [] : [replace('/min_node_count', minNodes)]),
    ...(maxNodes === undefined ? [] : [replace('/max_node_count', maxNodes)]),
    // Objects travel as text: JSON of texts is what Magnum calls a Python literal.
    ...(nodeLabels === null ? [] : [replace('/node_labels', JSON.stringify(parseLabels(given(nodeLabels))))]),
    ...(nodeTaints === null ? [] : [replace('/node_taints', JSON.stringify(parseTaints(given(nodeTaints))))]),
  ];
  if (patch.length === 0) throw new LabelArgumentError('Nothing to change: give --min-nodes, --max-nodes, --node-labels or --node-taints.');
  return patch;
}

/** Taints as kubectl writes them: `key=value:Effect` or `key:Effect`, several separated by commas. */
export function parseTaints(given: readonly string[]): { key: string; value: string; effect: string }[] {
  return given
    .flatMap((text) => text.split(','))
    .map((text) => {
      const match = /^([^=:]+)(?:=([^:]*))?:([A-Za-z]+)$/.exec(text.trim());
      if (!match) throw new LabelArgumentError(`A taint is KEY=VALUE:EFFECT or KEY:EFFECT, not ${JSON.stringify(text)}.`);
      const [, key = '', value = '', effect = ''] = match;
      return { key, value, effect };
    });
}
