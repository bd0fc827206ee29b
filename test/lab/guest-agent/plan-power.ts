import type { SeenServer } from './cloud-view.js';

/** What the agent does about one server to follow Nova. */
export type PowerAction =
  | { readonly kind: 'start'; readonly server: SeenServer }
  | { readonly kind: 'stop'; readonly serverId: string }
  | { readonly kind: 'remove'; readonly serverId: string }
  | { readonly kind: 'refresh-disks'; readonly serverId: string };

export interface PlayedServer {
  readonly isOn: boolean;
  readonly volumeIds: readonly string[];
}

/** Nova's words for a machine that runs. BUILD is not yet, everything else no longer. */
const runningStates = new Set(['ACTIVE', 'REBOOT', 'HARD_REBOOT', 'PASSWORD', 'VERIFY_RESIZE']);

/** Compares what Nova shows with what is played. Servers still being built are left alone until they are ACTIVE. */
export function planPower(seen: readonly SeenServer[], played: ReadonlyMap<string, PlayedServer>): PowerAction[] {
  const present = new Set(seen.map(({ id }) => id));
  const removals = [...played.keys()].filter((id) => !present.has(id)).map((serverId): PowerAction => ({ kind: 'remove', serverId }));
  return [...removals, ...seen.flatMap((server) => planServer(server, played.get(server.id)))];
}

function planServer(server: SeenServer, known: PlayedServer | undefined): PowerAction[] {
  const runs = runningStates.has(server.status);
  if (runs && !known?.isOn) return [{ kind: 'start', server }];
  if (!runs) return known?.isOn ? [{ kind: 'stop', serverId: server.id }] : [];
  return haveSameVolumes(server, known?.volumeIds ?? []) ? [] : [{ kind: 'refresh-disks', serverId: server.id }];
}

function haveSameVolumes(server: SeenServer, known: readonly string[]): boolean {
  const seen = server['os-extended-volumes:volumes_attached'].map(({ id }) => id);
  return seen.length === known.length && seen.every((id) => known.includes(id));
}
