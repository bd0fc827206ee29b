import { z } from 'zod';
import type { Json, StackOutputs } from '../../driver-contract/index.js';
import type { CallOptions } from '../call-options.js';
import { CloudUnavailableError } from '../cloud-error.js';
import type { HttpMethod } from '../http-transport.js';
import { collectPages } from '../pagination.js';
import { segment, ServiceApi, undefinedWhenNotFound } from '../service-api.js';
import type { ServiceAnswer } from '../service-answer.js';
import type { OpenStackSession, ServiceCall } from '../session.js';
import { outputsSchema, resourcesSchema, stackListSchema, stackSchema, type StackDetails, type StackResource, type StackSummary } from './stack.js';

export interface NewStack {
  readonly name: string;
  /** HOT text. */
  readonly template: string;
  /** Files that the template names, by those names. */
  readonly files?: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly tags: readonly string[];
  /** How long Heat works on it before it calls it failed; Heat would also apply it to later updates. */
  readonly timeoutMinutes: number;
}

export interface TemplateSummary {
  readonly description: string;
  readonly parameterNames: readonly string[];
}

/** Stacks that a page of a list holds at most. */
const pageSize = 500;

/** Orchestration v1. Stacks are addressed by name and id wherever both are known: by name alone, Heat redirects. */
export class HeatClient {
  private readonly api: ServiceApi;

  constructor(private readonly session: OpenStackSession) {
    this.api = new ServiceApi(session, { service: 'heat', type: 'orchestration' });
  }

  /**
   * Asks for a stack and returns at once. Never repeated by itself: after CloudUnavailableError the stack may exist, so look it
   * up by name. CloudConflictError: the project has a stack of that name. Nothing is rolled back; a failed stack stays to be seen.
   */
  async createStack(stack: NewStack, options?: CallOptions): Promise<{ readonly id: string }> {
    const body = {
      stack_name: stack.name,
      template: stack.template,
      files: stack.files ?? {},
      parameters: stack.parameters,
      tags: stack.tags.join(','),
      timeout_mins: stack.timeoutMinutes,
      disable_rollback: true,
    };
    const schema = z.object({ stack: z.object({ id: z.string() }) });
    return (await this.api.post('/stacks', body, schema, options)).stack;
  }

  /**
   * Asks Heat to make a stack what is given here, and returns at once; the id is the stack's. Whatever is left out falls back to
   * its default, so everything is sent. To ask again for the same is harmless; in the middle of an update Heat breaks that one
   * off. CloudNotFoundError: there is no such stack (any more). CloudBadRequestError: the template, or the stack is being deleted.
   */
  async updateStack(id: string, stack: NewStack, options?: CallOptions): Promise<void> {
    const { template, files = {}, parameters, tags, timeoutMinutes } = stack;
    const body = { template, files, parameters, tags: tags.join(','), timeout_mins: timeoutMinutes, disable_rollback: true };
    // The answer, 202, holds a sentence and nothing about the stack.
    await this.api.send('PUT', stackPath(stack.name, id), { body, repeatable: true }, options);
  }

  /** Stacks of the project that have all of the tags and, when given, the name. Nested and deleted ones are left out. */
  listStacks(filter: { readonly tags?: readonly string[]; readonly name?: string } = {}, options?: CallOptions): Promise<StackSummary[]> {
    const query = { tags: filter.tags?.join(','), name: filter.name, limit: pageSize };
    return collectPages(
      async (marker) => {
        const { stacks, links } = await this.api.get('/stacks', stackListSchema, { ...query, marker }, options);
        return { items: stacks, hasNext: links.some(({ rel }) => rel === 'next') };
      },
      ({ id }) => id,
    );
  }

  /** How many stacks a project has, nested and deleted ones left out: what Heat holds against max_stacks_per_tenant. */
  async countStacks(projectId: string, options?: CallOptions): Promise<number> {
    // An admin's token would count every project's stacks; Heat counts before it cuts the page.
    const query = { limit: 1, with_count: 'true', tenant: projectId };
    return (await this.api.get('/stacks', z.object({ count: z.number() }), query, options)).count;
  }

  /** Undefined when there is none (Heat still shows deleted stacks by id: those count as none). Outputs are not resolved. */
  async findStack(name: string, id?: string, options?: CallOptions): Promise<StackDetails | undefined> {
    const answer = await undefinedWhenNotFound(this.send('GET', stackPath(name, id), { query: { resolve_outputs: 'false' } }, options));
    const stack = answer?.json(stackSchema).stack;
    return stack?.status === 'DELETE_COMPLETE' ? undefined : stack;
  }

  /** All outputs' values. CloudUnavailableError while Heat cannot resolve one. */
  async getOutputs(name: string, id?: string, options?: CallOptions): Promise<StackOutputs> {
    const answer = await this.send('GET', stackPath(name, id), { query: { resolve_outputs: 'true' } }, options);
    const { outputs } = answer.json(outputsSchema).stack;
    const broken = outputs.find(({ output_error: problem }) => problem !== undefined);
    if (broken) {
      const detail = `output ${broken.output_key} has no value: ${broken.output_error ?? ''}`;
      throw new CloudUnavailableError({ service: 'heat', status: answer.status, requestId: null, detail, call: `outputs of stack ${name}` });
    }
    return Object.fromEntries(outputs.map(({ output_key: key, output_value: value }) => [key, value ?? null]));
  }

  /** The stack's own resources, or those of nested stacks too. */
  async listResources(
    name: string,
    id: string,
    filter: { readonly nestedDepth?: number; readonly status?: 'FAILED' } = {},
    options?: CallOptions,
  ): Promise<StackResource[]> {
    const query = { nested_depth: filter.nestedDepth, status: filter.status };
    return (await this.send('GET', `${stackPath(name, id)}/resources`, { query }, options)).json(resourcesSchema).resources;
  }

  /** What to tell people about a failed stack: its own reason is cut short and says only that something inside failed. */
  listFailedResources(name: string, id: string, options?: CallOptions): Promise<StackResource[]> {
    // 5 is the deepest nesting that Heat allows.
    return this.listResources(name, id, { nestedDepth: 5, status: 'FAILED' }, options);
  }

  /** Asks for the deletion and returns at once; allowed in any state, and again while it runs. */
  async deleteStack(name: string, id?: string, options?: CallOptions): Promise<'accepted' | 'gone'> {
    const answer = await undefinedWhenNotFound(this.send('DELETE', stackPath(name, id), {}, options));
    return answer ? 'accepted' : 'gone';
  }

  /** CloudBadRequestError says what is wrong with the template. */
  async validateTemplate(
    { template, files = {}, parameters = {} }: Pick<NewStack, 'template' | 'files'> & Partial<Pick<NewStack, 'parameters'>>,
    options?: CallOptions,
  ): Promise<TemplateSummary> {
    const details = { body: { template, files, environment: { parameters } }, repeatable: true };
    const schema = z.object({ Description: z.string().nullish(), Parameters: z.record(z.string(), z.unknown()).default({}) });
    const answer = (await this.api.send('POST', '/validate', details, options)).json(schema);
    return { description: answer.Description ?? '', parameterNames: Object.keys(answer.Parameters) };
  }

  /**
   * Heat answers 302 to a stack's bare name. Its Location is followed only as a path below our own endpoint: clients that follow
   * by themselves turn DELETE into GET, and the token must not travel to a host that an answer names.
   */
  private async send(method: HttpMethod, path: string, details: Pick<ServiceCall, 'query'>, options?: CallOptions): Promise<ServiceAnswer> {
    const answer = await this.api.send(method, path, details, options);
    if (answer.status !== 302) return answer;
    const location = new URL(answer.headers['location'] ?? '', await this.session.endpoint('orchestration', options)).pathname;
    const found = /\/stacks\/[^/]+\/[^/]+(\/.*)?$/.exec(location)?.[0];
    if (found === undefined) {
      throw new CloudUnavailableError({ service: 'heat', status: 302, requestId: null, detail: `a redirect to ${location}`, call: `${method} ${path}` });
    }
    return this.api.send(method, found, details, options);
  }
}

const stackPath = (name: string, id: string | undefined): string => `/stacks/${segment(name)}${id === undefined ? '' : `/${segment(id)}`}`;
