import type { Schemas } from './coe-client.js';

type DeletePlan = Schemas['ClusterDeletePlan'];

/** What a delete would remove, for people: one line a thing, the kinds in the order in which they go. */
export function deletePlanText(name: string, plan: DeletePlan): string {
  const kept = plan.volumes.filter(({ action }) => action === 'keep');
  const doomed = plan.volumes.filter(({ action }) => action === 'delete');
  const sections: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ['Nodes', plan.nodes.map((node) => `${node.name} (${node.role}, ${node.phase})${node.server_id === null ? '' : ` server ${node.server_id}`}`)],
    ['Floating addresses of load balancers', plan.floating_ips.map(({ address, id }) => `${address} (${id})`)],
    ['Load balancers', plan.load_balancers.map(({ name: title, id, address, status }) => `${title} (${id}) ${address} ${status}`)],
    ['Volumes', doomed.map(volumeLine)],
    ['Stacks', plan.stacks.map((stack) => `${stack.name} (${stack.id ?? 'no id yet'})`)],
    ['Volumes that stay', kept.map(volumeLine)],
    ['Written down by an earlier delete', plan.recorded.map(({ type, name: title, id, state }) => `${type} ${title.includes(id) ? title : `${title} (${id})`}, ${state}`)],
    ['In the way', plan.blockers],
    ['Notes', plan.notes],
  ];
  const shown = sections.filter(([, lines]) => lines.length > 0).map(([title, lines]) => `${title}:\n${lines.map((line) => `  ${line}`).join('\n')}\n`);
  return `Deleting cluster ${name} (${plan.cluster_uuid}) would remove:\n${shown.length === 0 ? '  only what the database holds of it\n' : shown.join('')}`;
}

const volumeLine = ({ name, id, size_gib: size, status, because }: DeletePlan['volumes'][number]): string => `${name} (${id}) ${size} GiB ${status}: ${because}`;
