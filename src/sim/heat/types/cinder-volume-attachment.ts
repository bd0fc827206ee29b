import { textAt } from '../../json.js';
import { CloudRefusal, isNotFound } from '../cloud/cloud-refusal.js';
import { member, members } from '../cloud/cloud.js';
import { custom } from '../schema/constraint.js';
import { required, string, updatable } from '../schema/property-schema.js';
import { ResourceFailure, type ResourceCall, type ResourceType } from './resource-type.js';

/** The physical id is the volume's: that is what Nova calls an attachment. */
export const volumeAttachment: ResourceType = {
  name: 'OS::Cinder::VolumeAttachment',
  properties: {
    instance_uuid: string({ ...required, ...updatable }),
    volume_id: string({ ...required, ...updatable, constraints: [custom('cinder.volume')] }),
    mountpoint: string(updatable),
  },
  attributes: [],
  async create(call) {
    const { volume_id: volumeId, mountpoint } = call.properties;
    // An empty mount point means "as you like".
    const device = typeof mountpoint === 'string' && mountpoint !== '' ? { device: mountpoint } : {};
    await call.cloud.compute('POST', `/servers/${serverOf(call)}/os-volume_attachments`, { volumeAttachment: { volumeId, ...device } });
    return String(volumeId);
  },
  async isCreated(call, id) {
    const status = await volumeStatus(call, id);
    if (status === 'in-use') return true;
    if (status === 'attaching' || status === 'reserved' || status === 'available') return false;
    throw new ResourceFailure('ResourceUnknownStatus', `Volume attachment failed - Unknown status ${status ?? 'deleted'} due to "Unknown"`);
  },
  async findLost(call) {
    const attached = members(await call.cloud.compute('GET', `/servers/${serverOf(call)}/os-volume_attachments`), 'volumeAttachments');
    const volumeId = String(call.properties['volume_id']);
    return attached.some((attachment) => attachment['volumeId'] === volumeId) ? volumeId : undefined;
  },
  async remove(call, id) {
    try {
      await call.cloud.compute('DELETE', `/servers/${serverOf(call)}/os-volume_attachments/${id}`);
    } catch (error) {
      // 400 is what Nova says of a volume that is being detached already; whether it really goes is seen by asking.
      if (!(error instanceof CloudRefusal && [400, 404].includes(error.status))) throw error;
    }
  },
  async isRemoved(call, id) {
    try {
      const attached = members(await call.cloud.compute('GET', `/servers/${serverOf(call)}/os-volume_attachments`), 'volumeAttachments');
      if (attached.some((attachment) => attachment['volumeId'] === id)) return false;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const status = await volumeStatus(call, id);
    return status === undefined || status === 'available' || status === 'error' || status === 'in-use';
  },
  attribute: () => Promise.resolve(null),
  show: () => Promise.resolve(null),
};

const serverOf = ({ properties }: ResourceCall): string => String(properties['instance_uuid']);

async function volumeStatus(call: ResourceCall, id: string): Promise<string | undefined> {
  try {
    return textAt(member(await call.cloud.volume('GET', `/volumes/${id}`), 'volume'), 'status');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
