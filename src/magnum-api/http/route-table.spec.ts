import { expect, it } from '@jest/globals';
import { RouteTable } from './route-table.js';

it('knows the methods of a path, whatever its parameters', () => {
  const table = new RouteTable();
  table.add('/v1/clusters', ['POST']);
  table.add('/v1/clusters', ['GET']);
  table.add('/v1/clusters/:id', ['DELETE']);
  table.add('/v1/openapi.json', ['GET']);
  expect(table.methodsOf('/v1/clusters')).toEqual(['GET', 'POST']);
  expect(table.methodsOf('/v1/clusters/a')).toEqual(['DELETE']);
  expect(table.methodsOf('/v1/clusters/a/b')).toEqual([]);
  expect(table.methodsOf('/v1/openapi-json')).toEqual([]);
});
