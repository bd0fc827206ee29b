import { z } from 'zod';

export type StackState = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';

export interface StackSummary {
  readonly id: string;
  readonly name: string;
  /** Action and state as Heat joins them, for example CREATE_IN_PROGRESS. */
  readonly status: string;
  /** CREATE, DELETE, UPDATE, ROLLBACK, CHECK and others. */
  readonly action: string;
  readonly state: StackState;
  readonly statusReason: string;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
  readonly tags: readonly string[];
}

export interface StackDetails extends StackSummary {
  /** Texts, hidden ones as asterisks. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface StackResource {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly statusReason: string;
  readonly physicalId: string | null;
}

const stateSchema = z.enum(['IN_PROGRESS', 'COMPLETE', 'FAILED']);
const statusPattern = /^([A-Z]+)_(IN_PROGRESS|COMPLETE|FAILED)$/;

const stackFields = z.object({
  id: z.string(),
  stack_name: z.string(),
  stack_status: z.string().regex(statusPattern),
  stack_status_reason: z.string().nullish(),
  creation_time: z.coerce.date(),
  updated_time: z.coerce.date().nullish(),
  tags: z.array(z.string()).nullish(),
});

function summary(stack: z.output<typeof stackFields>): StackSummary {
  const [, action = '', state] = statusPattern.exec(stack.stack_status) ?? [];
  return {
    id: stack.id,
    name: stack.stack_name,
    status: stack.stack_status,
    action,
    state: stateSchema.parse(state),
    statusReason: stack.stack_status_reason ?? '',
    createdAt: stack.creation_time,
    updatedAt: stack.updated_time ?? null,
    tags: stack.tags ?? [],
  };
}

export const stackListSchema = z.object({
  stacks: z.array(stackFields.transform(summary)),
  links: z.array(z.object({ rel: z.string() })).default([]),
});

export const stackSchema = z.object({
  stack: stackFields
    .extend({ parameters: z.record(z.string(), z.unknown()).default({}) })
    .transform((stack): StackDetails => ({
      ...summary(stack),
      parameters: Object.fromEntries(Object.entries(stack.parameters).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])),
    })),
});

export const outputsSchema = z.object({
  stack: z.object({
    outputs: z
      .array(z.object({ output_key: z.string(), output_value: z.json().optional(), output_error: z.string().optional() }))
      .default([]),
  }),
});

export const resourcesSchema = z.object({
  resources: z.array(
    z
      .object({
        resource_name: z.string(),
        resource_type: z.string(),
        resource_status: z.string(),
        resource_status_reason: z.string().nullish(),
        physical_resource_id: z.string().nullish(),
      })
      .transform((resource): StackResource => ({
        name: resource.resource_name,
        type: resource.resource_type,
        status: resource.resource_status,
        statusReason: resource.resource_status_reason ?? '',
        physicalId: resource.physical_resource_id === '' ? null : (resource.physical_resource_id ?? null),
      })),
  ),
});
