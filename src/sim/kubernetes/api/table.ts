import type { KubeObject } from '../objects/kube-object.js';
import type { ResourceType } from '../resources/resource-type.js';
import { resourceId } from '../resources/resource-type.js';
import { ageColumn, nameColumn, type Cell } from './table-column.js';
import { columnsOf } from './table-columns.js';


export interface Table {
  kind: 'Table';
  apiVersion: string;
  metadata: object;
  columnDefinitions: { name: string; type: string; format: string; description: string; priority: number }[];
  rows: { cells: Cell[]; object: object | null }[];
}

/** Objects as kubectl prints them: the server decides the columns. */
export function tableOf(
  type: ResourceType,
  objects: KubeObject[],
  apiVersion: string,
  metadata: object,
  objectOf: (object: KubeObject) => object | undefined,
): Table {
  const columns = columnsOf(resourceId(type)) ?? [nameColumn, ageColumn];
  return {
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions: columns.map(({ name, type: valueType, format, description, wide }) => ({
      name,
      type: valueType,
      format: format ?? '',
      description: description ?? name,
      priority: wide === true ? 1 : 0,
    })),
    rows: objects.map((object) => ({ cells: columns.map((column) => column.cell(object)), object: objectOf(object) ?? null })),
  };
}
