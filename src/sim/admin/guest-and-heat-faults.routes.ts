import type { FastifyInstance } from 'fastify';
import { BootFaultRegistry, type BootFaultKind } from '../guest/boot-faults.js';
import { readHeatFault, type HeatFaults } from '../heat/engine/heat-faults.js';
import { ServiceError } from '../http/service-error.js';
import { isObject } from '../json.js';
import type { SimContext } from '../sim-context.js';

interface WithId {
  Params: { id: string };
}

const bootFaultKinds: BootFaultKind[] = ['never-boots', 'no-network', 'fail-command', 'no-valid-host'];

/** `/boot-faults`: what goes wrong in machines; `/heat-faults`: resources that fail although the cloud did its part. */
export function guestAndHeatFaultRoutes(app: FastifyInstance, context: SimContext, heatFaults: HeatFaults): void {
  const bootFaults = new BootFaultRegistry(context.journal);

  app.post('/boot-faults', (request) => {
    const { server_name, fault, command, times } = object(request.body);
    const kind = bootFaultKinds.find((each) => each === fault);
    if (typeof server_name !== 'string' || !kind) throw new ServiceError(400, `server_name and fault (${bootFaultKinds.join(', ')}) are required`);
    return bootFaults.add({
      serverName: server_name,
      fault: kind,
      ...(typeof command === 'string' && { command }),
      ...(typeof times === 'number' && { times }),
    });
  });
  removable(app, '/boot-faults', bootFaults);

  app.post('/heat-faults', (request) => ({ id: heatFaults.add(readHeatFault(object(request.body))) }));
  removable(app, '/heat-faults', heatFaults);
}

export function object(body: unknown): Record<string, unknown> {
  if (!isObject(body)) throw new ServiceError(400, 'a JSON object is required');
  return body;
}

/** List, remove one, remove all. */
export function removable(app: FastifyInstance, path: string, faults: { list(): unknown[]; remove(id: string): boolean; clear(): void }): void {
  app.get(path, () => faults.list());
  app.delete(path, (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.delete<WithId>(`${path}/:id`, (request, reply) => {
    if (!faults.remove(request.params.id)) throw new ServiceError(404, `nothing below ${path} has the id ${request.params.id}`);
    return reply.code(204).send();
  });
}
