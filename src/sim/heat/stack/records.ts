import type { JsonObject } from '../../json.js';

export type Action = 'INIT' | 'CREATE' | 'UPDATE' | 'DELETE' | 'ROLLBACK' | 'CHECK';
export type Status = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';

/** What a client asked for; kept as it was sent. */
export interface StackSource {
  template: JsonObject;
  files: Record<string, string>;
  parameters: JsonObject;
  parameterDefaults: JsonObject;
}

export interface StackRecord {
  id: string;
  name: string;
  projectId: string;
  /** Everything that the stack does later is done as this user, as under Heat's trust. */
  userId: string;
  userName: string;
  stackUserProjectId: string;
  source: StackSource;
  /** What an update under way would roll back to. */
  previousSource: StackSource | null;
  tags: string[];
  timeoutMins: number | null;
  disableRollback: boolean;
  action: Action;
  status: Status;
  reason: string;
  createdAt: string;
  updatedAt: string | null;
  deletedAt: string | null;
  /** When the action under way began; its time runs from here. */
  startedAt: string;
  /** The stack and the resource that it is nested in. */
  parent: { stackId: string; resource: string } | null;
  /** Order of creation, for listings: newer stacks come first and times tell only seconds. */
  sequence: number;
}

export interface ResourceRecord {
  id: string;
  stackId: string;
  name: string;
  type: string;
  physicalName: string;
  physicalId: string | null;
  /** The cloud was asked to make it and has not clearly said no: without a physical id there may be something to look for. */
  isAsked: boolean;
  action: Action;
  status: Status;
  reason: string;
  /** ISO with milliseconds: what came before cannot be ours. */
  createdAt: string;
  updatedAt: string;
  /** Names of resources of the same stack; removal goes the other way. */
  needs: string[];
  deletionPolicy: 'Delete' | 'Retain';
  /** An object of somebody else's that the resource only shows. */
  isExternal: boolean;
  metadata: JsonObject;
  description: string;
  /** A newer resource of the same name has taken its place; it is to go. */
  isReplaced: boolean;
}

/** Evaluated properties, apart from the resource because they are large and hardly ever change. */
export interface PropertiesRecord {
  /** The resource's id. */
  id: string;
  stackId: string;
  properties: JsonObject;
}

export interface EventRecord {
  id: string;
  stackId: string;
  sequence: number;
  time: string;
  /** The stack's name for events of the stack itself. */
  resourceName: string;
  resourceId: string | null;
  resourceType: string;
  physicalId: string;
  status: string;
  reason: string;
}

/** Times as Heat writes them. */
export const heatTime = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
