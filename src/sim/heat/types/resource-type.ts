import type { JsonObject } from '../../json.js';
import type { Cloud } from '../cloud/cloud.js';
import type { ResourceDefinition } from '../hot/template.js';
import type { PropertySchemas } from '../schema/property-schema.js';

/** The stack that a resource of a nested type stands for. */
export interface NestedStackDesk {
  /** Makes it and returns its id. */
  start(source: NestedSource): string;
  update(id: string, source: NestedSource): void;
  remove(id: string): void;
  /** The one that was made for this resource before a restart. */
  find(): string | undefined;
  state(id: string): { action: string; status: string; reason: string } | undefined;
  /** Whether it was made of another template or other files. */
  differs(id: string, source: NestedSource): boolean;
  /** An output, or `resource.<name>` and `resource.<name>.<attribute>`. Throws EvaluationError when there is none. */
  output(id: string, name: string): Promise<unknown>;
  outputs(id: string): Promise<JsonObject>;
  reference(id: string): Promise<string>;
}

export interface NestedSource {
  template: JsonObject;
  files: Record<string, string>;
  parameters: JsonObject;
}

/** One resource at work. */
export interface ResourceCall {
  cloud: Cloud;
  /** Evaluated and checked. */
  properties: JsonObject;
  resourceName: string;
  /** `<stack>-<resource>-<12 random letters>`: unique, so a resource that has no name of its own can be found again by it. */
  physicalName: string;
  /** When the resource's creation began, ISO. */
  startedAt: string;
  /** True for an id that some other resource of this Heat owns. */
  isOwned(id: string): boolean;
  nested: NestedStackDesk;
}

/** A resource type as the engine uses it. Ids are physical ids; CloudRefusal and NotFindable go through and fail the resource. */
export interface ResourceType {
  name: string;
  properties: PropertySchemas;
  /** Without `show`, which every type has. */
  attributes: readonly string[] | 'any';
  acceptsAnyProperty?: boolean;
  /** Combinations that the schema cannot express. Throws HeatError. `isGiven` knows properties that cannot be evaluated yet. */
  check?(properties: JsonObject, isGiven: (name: string) => boolean, resourceName: string): void;
  /** Whether the resource must wait for `other` though no expression says so. */
  needs?(own: ResourceDefinition, other: ResourceDefinition): boolean;
  /** A conflict means "not now": Heat asks again until the stack's time is up, for creation, change and removal. */
  waitsForConflicts?: boolean;
  /** A resource's detail has no attributes though `show` is one. */
  hidesDetail?: boolean;
  /** Asks for the resource and returns its physical id, which is journaled at once. */
  create(call: ResourceCall): Promise<string>;
  /** The rest of a creation, once there is an id; repeated after a restart. */
  complete?(call: ResourceCall, id: string): Promise<void>;
  /** Absent: created when `complete` returns. Throws when it went wrong. */
  isCreated?(call: ResourceCall, id: string): Promise<boolean>;
  /** After a restart: the id of what a create made whose answer was lost. */
  findLost(call: ResourceCall): Promise<string | undefined>;
  /** Asks for the removal; what is gone already is no error. */
  remove(call: ResourceCall, id: string): Promise<void>;
  /** Absent: removed when `remove` returns. */
  isRemoved?(call: ResourceCall, id: string): Promise<boolean>;
  /** Applies changed properties in place; absent, or returning false: not simulated. */
  update?(call: ResourceCall, id: string, changed: JsonObject): Promise<boolean>;
  /** Absent: updated when `update` returns. */
  isUpdated?(call: ResourceCall, id: string): Promise<boolean>;
  /** Whether it needs an update though its properties are the same. */
  isOutdated?(call: ResourceCall, id: string): boolean;
  /** What get_resource gives. Absent: the physical id. */
  reference?(call: ResourceCall, id: string): Promise<string>;
  attribute(call: ResourceCall, id: string, name: string): Promise<unknown>;
  /** The `show` attribute and the `attributes` of a resource's detail. */
  show(call: ResourceCall, id: string): Promise<unknown>;
}

/** A nested stack failed; its own reason becomes the resource's. */
export class NestedFailure extends Error {}

/** A resource that failed with a text of Heat's own; `exception` is the class before the colon. */
export class ResourceFailure extends Error {
  constructor(
    readonly exception: string,
    message: string,
  ) {
    super(message);
  }
}
