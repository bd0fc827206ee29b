import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from '../http/service-error.js';
import { isObject, textAt } from '../json.js';
import { adminOf, callerOf, type Compute, type WithId } from './compute.js';
import { databaseTime, type ComputeService } from './compute-store.js';

/** Compute services (the hosts), which an admin may call down, and availability zones. */
export function serviceRoutes(app: FastifyInstance, compute: Compute): void {
  const { store } = compute;

  app.get('/v2.1/os-services', (request) => {
    adminOf(compute, request, 'os-services:list');
    const { host, binary } = request.query as Record<string, string | undefined>;
    const found = store.services.filter((service) => (host === undefined || service.host === host) && (binary === undefined || binary === 'nova-compute'));
    return { services: found.map((service) => serviceView(service, request)) };
  });

  app.put<WithId>('/v2.1/os-services/:id', (request) => {
    adminOf(compute, request, 'os-services:update');
    // Before 2.53 the path holds a verb (enable, disable, force-down) and the body names the host.
    const service = request.microversion >= 53 ? store.services.get(request.params.id) : store.services.find((each) => each.host === textAt(request.body, 'host'));
    if (!service) throw new ServiceError(404, `Service ${request.params.id} could not be found.`);
    const body = isObject(request.body) ? request.body : {};
    const changed = store.services.put({
      ...service,
      ...(typeof body['forced_down'] === 'boolean' && { forced_down: body['forced_down'] }),
      ...((body['status'] === 'enabled' || body['status'] === 'disabled') && { status: body['status'] }),
      disabled_reason: textAt(body, 'disabled_reason') ?? service.disabled_reason,
    });
    return { service: serviceView(changed, request) };
  });

  app.get('/v2.1/os-availability-zone', (request) => {
    callerOf(compute, request, 'os-availability-zone:list');
    return { availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true }, hosts: null }] };
  });
}

function serviceView({ id, number, host, status, disabled_reason, forced_down }: ComputeService, { microversion }: FastifyRequest): Record<string, unknown> {
  return {
    binary: 'nova-compute',
    host,
    id: microversion >= 53 ? id : number,
    zone: 'nova',
    status,
    state: forced_down ? 'down' : 'up',
    updated_at: databaseTime(),
    disabled_reason,
    ...(microversion >= 11 && { forced_down }),
  };
}
