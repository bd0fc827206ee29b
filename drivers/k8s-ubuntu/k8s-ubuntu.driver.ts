import type { ClusterDriver, ClusterSpec, NodeSpec, RenderedStack } from '../../src/driver-contract/index.js';
import { flannelManifests } from './cni.js';
import { readDriverFiles } from './driver-files.js';
import { componentImages, joinObjects } from './kubeadm-objects.js';
import { labels, resolveLabels } from './labels.js';
import { membershipFiles } from './membership.js';
import { payloadFiles } from './payload.js';
import { specProblems } from './spec-problems.js';
import { stackContents } from './stack-contents.js';
import { controlPlaneNodeParameters, groupParameters, infraParameters, slotParameters, workerNodeParameters } from './stack-parameters.js';
import { userData } from './user-data.js';

/**
 * Kubernetes by kubeadm on Ubuntu images that carry it. Reads its files here, once; everything after is pure.
 * `templatesDir` replaces heat-templates/k8s-ubuntu of the distribution.
 */
export function loadK8sUbuntuDriver(templatesDir?: string): ClusterDriver {
  return {
    name: 'k8s-ubuntu',
    provides: [{ serverType: 'vm', osDistro: 'ubuntu', coe: 'kubernetes' }],
    labels,
    templates: readDriverFiles(templatesDir),
    resolveLabels,
    specProblems,
    stackContents,
    renderInfra: (spec) => ({ template: 'infra.yaml', parameters: infraParameters(spec) }),
    renderGroup: (spec, group, _infra, members) => ({ template: 'group.yaml', parameters: groupParameters(spec, group), ...membershipFiles(spec, members) }),
    renderSlot: (spec, slot, infra) => ({ template: 'slot.yaml', parameters: slotParameters(spec, slot, infra) }),
    renderNode,
    renderPayload: payloadFiles,
    renderAddOns: flannelManifests,
    renderJoinObjects: joinObjects,
    renderComponentImages: componentImages,
  };
}

type Stacks = Parameters<ClusterDriver['renderNode']>[2];

function renderNode(spec: ClusterSpec, node: NodeSpec, { infra, group, slot }: Stacks): RenderedStack {
  const text = userData(spec, node, slot);
  switch (node.group.role) {
    case 'control-plane':
      if (slot === null) throw new Error(`Control-plane node ${node.nodeName} has no slot.`);
      return { template: 'control-plane-node.yaml', parameters: controlPlaneNodeParameters(spec, node, group, slot, text) };
    case 'worker':
      return { template: 'worker-node.yaml', parameters: workerNodeParameters(spec, node, infra, group, text) };
  }
}
