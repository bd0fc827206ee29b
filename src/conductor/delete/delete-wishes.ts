import type { OperationRecord } from '../../database/operation.entity.js';

/** What whoever asked for the delete wants beyond it. */
export interface DeleteWishes {
  /** Volumes of PersistentVolumes stay. */
  readonly keepVolumes: boolean;
  /** What cannot be removed is left behind and named, instead of stopping the delete. */
  readonly force: boolean;
}

export const deleteWishes = ({ input }: Pick<OperationRecord, 'input'>): DeleteWishes => ({
  keepVolumes: input['keep_volumes'] === true,
  force: input['force'] === true,
});
