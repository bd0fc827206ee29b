export type StackLevel = 'infra' | 'group' | 'slot' | 'node';

/** Which of the four kinds a stack of ours is, from its name `jb-<cluster id>-<level>…`; undefined for any other name. */
export function stackLevel(clusterId: string, name: string): StackLevel | undefined {
  const prefix = `jb-${clusterId}-`;
  if (!name.startsWith(prefix)) return undefined;
  const level = /^(infra|group|slot|node)(-|$)/.exec(name.slice(prefix.length))?.[1];
  return level as StackLevel | undefined;
}
