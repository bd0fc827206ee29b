import type { Exchange, JsonObject } from '../exchange.js';

const minute = 60;

export const stack = (name: string, method: Exchange['method'], path: string, more: Partial<Exchange> = {}): Exchange => ({
  name,
  service: 'orchestration',
  actor: 'demo',
  method,
  path,
  ...more,
});

export const stackPath = (kind: string): string => `/stacks/{{run}}-${kind}/{{${kind}_stack_id}}`;

/** Create with our tags and wait, as an operation does it. Captures `KIND_stack_id`. */
export function creation(kind: string, template: JsonObject, parameters: JsonObject, more: JsonObject = {}): readonly Exchange[] {
  return [
    stack(`${kind}-create`, 'POST', '/stacks', {
      body: { stack_name: `{{run}}-${kind}`, template, parameters, tags: `{{run}},{{run}}-${kind}`, disable_rollback: true, timeout_mins: 10, ...more },
      capture: { [`${kind}_stack_id`]: '/stack/id' },
    }),
    settled(kind),
  ];
}

export const settled = (kind: string): Exchange =>
  stack(`${kind}-settled`, 'GET', `${stackPath(kind)}?resolve_outputs=false`, {
    until: { pointer: '/stack/stack_status', in: ['CREATE_COMPLETE', 'CREATE_FAILED'], seconds: 3 * minute },
  });

export function deletion(kind: string): readonly Exchange[] {
  return [
    stack(`${kind}-delete`, 'DELETE', stackPath(kind)),
    stack(`${kind}-name-free`, 'GET', `/stacks/{{run}}-${kind}`, { until: { status: 404, seconds: 3 * minute } }),
  ];
}
