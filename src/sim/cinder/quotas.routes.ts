import type { FastifyInstance } from 'fastify';
import { isAdmin } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { objectAt, without } from '../json.js';
import { notAllowed, volumeCaller, type VolumeService } from './volume-service.js';

interface WithId {
  Params: { projectId: string; id: string };
  Querystring: { usage?: string };
}

export function volumeQuotaRoutes(app: FastifyInstance, service: VolumeService): void {
  const { storage } = service;
  const { store } = storage;
  const names = (): string[] => {
    const perType = store.types.values().flatMap(({ name }) => [`volumes_${name}`, `gigabytes_${name}`, `snapshots_${name}`]);
    return ['volumes', 'per_volume_gigabytes', 'snapshots', 'gigabytes', 'backups', 'backup_gigabytes', ...perType, 'groups'];
  };
  const limits = (id: string): Record<string, unknown> => ({ ...Object.fromEntries(names().map((name) => [name, storage.limitOf(name, id)])), id });

  const usage = (id: string): Record<string, unknown> => {
    const used: Record<string, number> = storage.used(id);
    for (const volume of store.volumes.filter((each) => each.project_id === id)) {
      used[`volumes_${volume.volume_type}`] = (used[`volumes_${volume.volume_type}`] ?? 0) + 1;
      used[`gigabytes_${volume.volume_type}`] = (used[`gigabytes_${volume.volume_type}`] ?? 0) + volume.size;
    }
    return { ...Object.fromEntries(names().map((name) => [name, { limit: storage.limitOf(name, id), in_use: used[name] ?? 0, reserved: 0 }])), id };
  };

  app.get<WithId>('/v3/:projectId/os-quota-sets/:id', (request) => {
    const caller = volumeCaller(service, request);
    const { id } = request.params;
    if (caller.projectId !== id && !isAdmin(caller)) throw notAllowed('volume_extension:quotas:show');
    return { quota_set: ['true', '1'].includes(String(request.query.usage).toLowerCase()) ? usage(id) : limits(id) };
  });

  app.get<WithId>('/v3/:projectId/os-quota-sets/:id/defaults', (request) => {
    volumeCaller(service, request);
    return { quota_set: { ...limits(''), id: request.params.id } };
  });

  app.put<WithId>('/v3/:projectId/os-quota-sets/:id', (request) => {
    if (!isAdmin(volumeCaller(service, request))) throw notAllowed('volume_extension:quotas:update');
    const wanted = objectAt(request.body, 'quota_set');
    if (!wanted) throw new ServiceError(400, "'quota_set' is a required property");
    const numbers = Object.fromEntries(Object.entries(wanted).filter(([name]) => name !== 'tenant_id').map(([name, value]) => [name, Number(value)]));
    const { id } = request.params;
    store.quotas.put({ id, limits: { ...store.quotas.get(id)?.limits, ...numbers } });
    return { quota_set: without(limits(id), 'id') };
  });

  app.delete<WithId>('/v3/:projectId/os-quota-sets/:id', (request) => {
    if (!isAdmin(volumeCaller(service, request))) throw notAllowed('volume_extension:quotas:delete');
    store.quotas.delete(request.params.id);
    return {};
  });

  app.get<WithId>('/v3/:projectId/limits', (request) => {
    const { projectId } = volumeCaller(service, request);
    const { volumes, gigabytes } = storage.used(projectId);
    const absolute = {
      maxTotalVolumes: storage.limitOf('volumes', projectId),
      maxTotalSnapshots: storage.limitOf('snapshots', projectId),
      maxTotalVolumeGigabytes: storage.limitOf('gigabytes', projectId),
      maxTotalBackups: storage.limitOf('backups', projectId),
      maxTotalBackupGigabytes: storage.limitOf('backup_gigabytes', projectId),
      totalVolumesUsed: volumes,
      totalGigabytesUsed: gigabytes,
      totalSnapshotsUsed: 0,
      totalBackupsUsed: 0,
      totalBackupGigabytesUsed: 0,
    };
    return { limits: { rate: [], absolute } };
  });
}
