import type { ClusterSpec, GroupMember, Json, RenderedStack } from '../../src/driver-contract/index.js';

/** The nested template's name, as group.yaml gives it for the type of kube_minions. */
const fileName = 'kube-minions.yaml';

/** What the cluster autoscaler takes for "no server yet" in refs_map; it gives such a node its index for a name. */
const noServerYet = 'kube-minion';

/** The files of a group's stack that show its members; none for clusters whose frozen template does not show them. */
export function membershipFiles({ templates }: ClusterSpec, members: readonly GroupMember[]): Pick<RenderedStack, 'files'> {
  if (!(templates['group.yaml'] ?? '').includes(fileName)) return {};
  return { files: { [fileName]: JSON.stringify(membershipTemplate(members)) } };
}

/**
 * One resource a node, named by its index, and the output refs_map: index → server id, always a map of texts.
 *
 * Why the resources are values and no OS::Nova::Server with the server's external_id, as measured on Heat 24:
 * - such a resource shows CHECK_COMPLETE for good, and the autoscaler leaves out what is neither CREATE_, UPDATE_ nor INIT_;
 * - one server that is gone makes Heat refuse every update of the stack (400, "can not be found") until it is taken out;
 * - one server in ERROR makes the update UPDATE_FAILED ("'status': expected 'ACTIVE', got 'ERROR'");
 * - an update that the next one broke off ended as UPDATE_FAILED, "Stack UPDATE cancelled", with entries left INIT_COMPLETE;
 * - the server of an entry cannot be changed (NotSupported). Deleting such a stack does leave the servers alone.
 * A value asks nobody, is CREATE_COMPLETE at once and can neither own nor lose a server. Its content, the node's name, never
 * changes, so that no entry is ever UPDATE_IN_PROGRESS; what changes is the output, which Heat shows when the update is over.
 */
function membershipTemplate(members: readonly GroupMember[]): Json {
  const entries = members.map(({ index, nodeName }): [string, Json] => [String(index), { type: 'OS::Heat::Value', properties: { type: 'string', value: nodeName } }]);
  const references = members.map(({ index, serverId }): [string, Json] => [String(index), serverId ?? noServerYet]);
  return {
    heat_template_version: '2021-04-16',
    description: 'The members of a node group, for people and tools who read Heat; nothing here owns a server.',
    resources: Object.fromEntries(entries),
    outputs: { refs_map: { description: 'Id of the server of each member, by its index.', value: Object.fromEntries(references) } },
  };
}
