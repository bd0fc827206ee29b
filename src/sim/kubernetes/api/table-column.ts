import type { KubeObject } from '../objects/kube-object.js';

export type Cell = string | number | boolean;

export interface Column {
  name: string;
  type: 'string' | 'integer' | 'boolean' | 'date';
  format?: string;
  description?: string;
  /** Shown by `-o wide` only. */
  wide?: boolean;
  cell(object: KubeObject): Cell;
}

export const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', description: 'Name of the object, unique in its namespace', cell: (object) => object.metadata.name };
export const ageColumn: Column = { name: 'Age', type: 'string', description: 'Time since the object was created', cell: (object) => age(object.metadata.creationTimestamp) };

/** `3s`, `5m12s`, `4h`, `2d3h`: shortened as kubectl shortens it. */
export function age(since: string | undefined, now = Date.now()): string {
  if (since === undefined) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return days < 8 && hours % 24 !== 0 ? `${days}d${hours % 24}h` : `${days}d`;
}
