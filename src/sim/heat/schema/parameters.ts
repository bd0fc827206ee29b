import type { JsonObject } from '../../json.js';
import { HeatError, parameterMissing, TemplateRefusal } from '../heat-error.js';
import { brokenBy, type CustomCheck } from './constraint.js';
import { readParameterSchema, type ParameterSchema } from './parameter-schema.js';
import { parseParameter, showParameter } from './parameter-value.js';

export interface StackIdentity {
  id: string;
  name: string;
  projectId: string;
}

/** The parameters of one stack: schemas, what was given, and what get_param gives. */
export class Parameters {
  readonly schemas: readonly ParameterSchema[];
  private readonly parsed = new Map<string, unknown>();

  /** `given` beats `defaults` (an environment's `parameter_defaults`), which beat the template. Throws InvalidSchemaError. */
  constructor(
    section: JsonObject,
    private readonly identity: StackIdentity,
    private readonly given: JsonObject,
    private readonly defaults: JsonObject,
  ) {
    this.schemas = Object.entries(section).map(([name, body]) => readParameterSchema(name, body));
  }

  /** Throws UnknownUserParameter. */
  refuseUnknown(): void {
    const unknown = Object.keys(this.given).find((name) => !this.schemas.some((schema) => schema.name === name));
    if (unknown !== undefined) throw new HeatError(400, 'UnknownUserParameter', `The Parameter (${unknown}) was not defined in template.`);
  }

  /** Throws what the first missing or invalid value makes. */
  async check(customCheck: CustomCheck): Promise<void> {
    this.refuseUnknown();
    for (const schema of this.schemas) {
      if (this.rawOf(schema) === undefined) throw parameterMissing(schema.name);
      const value = this.get(schema.name);
      for (const constraint of schema.constraints) {
        const reason = await brokenBy(constraint, value, customCheck);
        if (reason !== undefined) throw new TemplateRefusal(`Parameter '${schema.name}' is invalid: ${reason}`);
      }
    }
  }

  /** What get_param gives. Throws UserParameterMissing. */
  get(name: string): unknown {
    const pseudo = pseudoParameters[name]?.(this.identity);
    if (pseudo !== undefined) return pseudo;
    const schema = this.schemas.find((candidate) => candidate.name === name);
    const raw = schema && this.rawOf(schema);
    if (!schema || raw === undefined) throw parameterMissing(name);
    if (!this.parsed.has(name)) this.parsed.set(name, parseParameter(name, schema.type, raw));
    return this.parsed.get(name);
  }

  /** Everything as text, hidden values as asterisks. */
  shown(): Record<string, string> {
    const shown: Record<string, string> = {
      'OS::stack_id': this.identity.id,
      'OS::project_id': this.identity.projectId,
      'OS::stack_name': this.identity.name,
    };
    for (const schema of this.schemas) {
      const raw = this.rawOf(schema);
      if (raw === undefined) continue;
      shown[schema.name] = schema.hidden ? '******' : showParameter(schema.type, raw, this.get(schema.name));
    }
    return shown;
  }

  isHidden(name: string): boolean {
    return this.schemas.some((schema) => schema.name === name && schema.hidden);
  }

  /** Null counts as not given. */
  private rawOf(schema: ParameterSchema): unknown {
    return this.given[schema.name] ?? this.defaults[schema.name] ?? (schema.hasDefault ? schema.default : undefined);
  }
}

const pseudoParameters: Record<string, (identity: StackIdentity) => string> = {
  'OS::stack_id': ({ id }) => id,
  'OS::stack_name': ({ name }) => name,
  'OS::project_id': ({ projectId }) => projectId,
};
