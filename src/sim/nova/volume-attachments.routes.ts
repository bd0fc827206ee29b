import type { FastifyInstance } from 'fastify';
import type { ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { objectAt, textAt } from '../json.js';
import type { BlockStorage } from '../cinder/block-storage.js';
import type { Volume } from '../cinder/volume-store.js';
import { badRequest, callerOf, getServer, writerOf, type Compute, type WithId } from './compute.js';
import type { Server, ServerVolume } from './compute-store.js';
import { nextDevice } from './server-life.js';
import { vmStateOf } from './server-view.js';

interface WithVolume {
  Params: { id: string; volumeId: string };
}

export function volumeAttachmentRoutes(app: FastifyInstance, compute: Compute): void {
  const path = '/v2.1/servers/:id/os-volume_attachments';

  app.get<WithId>(path, (request) => {
    const caller = callerOf(compute, request, 'os-volumes-attachments:index');
    const server = getServer(compute, caller, request.params.id);
    return { volumeAttachments: server.volumes.map((volume) => attachmentView(server, volume, request.microversion)) };
  });

  app.get<WithVolume>(`${path}/:volumeId`, (request) => {
    const caller = callerOf(compute, request, 'os-volumes-attachments:show');
    const server = getServer(compute, caller, request.params.id);
    const attached = server.volumes.find((volume) => volume.volumeId === request.params.volumeId);
    if (!attached) throw new ServiceError(404, `Instance ${server.id} is not attached to volume ${request.params.volumeId}.`);
    return { volumeAttachment: attachmentView(server, attached, request.microversion) };
  });

  app.post<WithId>(path, (request) => {
    const caller = writerOf(compute, request, 'os-volumes-attachments:create');
    const server = getServer(compute, caller, request.params.id);
    const wanted = objectAt(request.body, 'volumeAttachment');
    const volumeId = textAt(wanted, 'volumeId');
    if (volumeId === undefined) throw badRequest("Invalid input for field/attribute volumeAttachment. 'volumeId' is a required property");
    const { storage, volume } = getVolume(compute, caller, volumeId);
    refuseState(server, 'attach_volume');
    const [other] = volume.attachments;
    if (other) throw badRequest(`Invalid volume: volume ${volume.id} is already attached to instances: ${other.server_id}`);
    if (volume.status !== 'available') throw badRequest(`Invalid volume: status of volume '${volume.id}' is '${volume.status}'. The status must be 'available'.`);
    const attached: ServerVolume = {
      volumeId,
      device: textAt(wanted, 'device') ?? nextDevice(server),
      deleteOnTermination: wanted?.['delete_on_termination'] === true,
      boot: false,
    };
    storage.attach(volume, server.id, attached.device);
    compute.life.change(server.id, { volumes: [...server.volumes, attached] });
    compute.life.volumesChanged(server.id);
    return { volumeAttachment: attachmentView(server, attached, request.microversion) };
  });

  app.delete<WithVolume>(`${path}/:volumeId`, (request, reply) => {
    const caller = writerOf(compute, request, 'os-volumes-attachments:delete');
    const server = getServer(compute, caller, request.params.id);
    const { storage, volume } = getVolume(compute, caller, request.params.volumeId);
    const attached = server.volumes.find((each) => each.volumeId === volume.id);
    if (!attached) {
      const detail = "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.";
      throw badRequest(`Invalid volume: Invalid input received: ${detail}`);
    }
    if (attached.boot) throw new ServiceError(403, 'Cannot detach a root device volume');
    refuseState(server, 'detach_volume');
    compute.life.change(server.id, { volumes: server.volumes.filter((each) => each !== attached) });
    compute.life.volumesChanged(server.id);
    storage.detach(volume.id, server.id);
    return reply.code(202).send();
  });
}

function refuseState(server: Server, action: string): void {
  if (server.task_state === 'deleting') throw new ServiceError(409, `Cannot '${action}' instance ${server.id} while it is in task_state deleting`);
  if (server.status !== 'ACTIVE' && server.status !== 'SHUTOFF') throw new ServiceError(409, `Cannot '${action}' instance ${server.id} while it is in vm_state ${vmStateOf(server)}`);
}

function getVolume({ storage }: Compute, caller: ProjectToken, id: string): { storage: BlockStorage; volume: Volume } {
  const volume = storage?.store.volumes.get(id);
  if (!storage || volume?.project_id !== caller.projectId) throw new ServiceError(404, `Volume ${id} could not be found.`);
  return { storage, volume };
}

function attachmentView(server: Server, { volumeId, device, deleteOnTermination }: ServerVolume, microversion: number): Record<string, unknown> {
  return {
    // From 2.89 on the attachment goes by other ids, and no longer pretends that its id is the volume's.
    ...(microversion < 89 && { id: volumeId }),
    serverId: server.id,
    volumeId,
    device,
    ...(microversion >= 70 && { tag: null }),
    ...(microversion >= 79 && { delete_on_termination: deleteOnTermination }),
    ...(microversion >= 89 && { attachment_id: volumeId, bdm_uuid: volumeId }),
  };
}
