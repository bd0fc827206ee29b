import type { Sample, Violation } from '../sample.js';
import { grouped } from './grouped.js';

/** Invariant 8: no volume and no port is held by two servers that exist. */
export function judgeSharedParts({ cloud }: Sample): Violation[] {
  const living = new Set(cloud.servers.map(({ id }) => id));
  const held = [
    ...cloud.servers.flatMap(({ id, volumes }) => volumes.map((volume) => ({ part: `volume ${volume}`, server: id }))),
    ...cloud.volumes.flatMap(({ id, servers }) => servers.map((server) => ({ part: `volume ${id}`, server }))),
    ...cloud.servers.flatMap(({ id, ports }) => ports.map((port) => ({ part: `port ${port}`, server: id }))),
  ].filter(({ server }) => living.has(server));
  return [...grouped(held, ({ part }) => part)].flatMap(([part, holders]) => {
    const servers = [...new Set(holders.map(({ server }) => server))];
    if (servers.length < 2) return [];
    return [{ invariant: 8 as const, rule: 'shared-part', subject: part, message: `${part} is held by servers ${servers.join(' and ')}` }];
  });
}
