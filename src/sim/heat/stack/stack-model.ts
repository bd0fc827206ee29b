import type { JsonObject } from '../../json.js';
import { Conditions } from '../hot/conditions.js';
import { dependenciesOf, type Dependencies } from '../hot/dependencies.js';
import type { Surroundings, Values } from '../hot/function.js';
import { readTemplate, type ResourceDefinition, type Template } from '../hot/template.js';
import { Parameters, type StackIdentity } from '../schema/parameters.js';
import { resourceType, type OfferedServices } from '../types/registry.js';
import type { ResourceType } from '../types/resource-type.js';
import type { StackSource } from './records.js';

/** What a stack's resources say for themselves, to whoever evaluates an expression. */
export type ResourceReader = Pick<Values, 'reference' | 'attribute'>;

/** Before anything exists: references are names and attributes are null. */
export const nothingYet: ResourceReader = { reference: (name) => name, attribute: () => null };

/** A template together with its parameters: what it says once conditions are decided. */
export class StackModel {
  readonly template: Template;
  readonly parameters: Parameters;
  private readonly conditions: Conditions;
  private enabledResources: ResourceDefinition[] | undefined;
  private needs: Dependencies | undefined;

  /** Throws HeatError for a template or a parameter section that cannot be read. */
  constructor(
    readonly source: StackSource,
    readonly identity: StackIdentity,
    readonly offered: OfferedServices,
  ) {
    this.template = readTemplate(source.template);
    this.parameters = new Parameters(this.template.parameters, identity, source.parameters, source.parameterDefaults);
    this.conditions = new Conditions(this.template, () => this.values(nothingYet));
  }

  /** The resources whose condition holds. Throws HeatError when a condition cannot be decided. */
  get enabled(): ResourceDefinition[] {
    this.enabledResources ??= this.template.resources.filter(({ condition }) => this.conditions.holds(condition));
    return this.enabledResources;
  }

  get dependencies(): Dependencies {
    this.needs ??= dependenciesOf(this.template, this.enabled, this.values(nothingYet), (own, other) => this.typeOf(own).needs?.(own, other) ?? false);
    return this.needs;
  }

  /** Throws for references to what is not there, and for circles. */
  refuseBadReferences(): void {
    this.needs = this.dependencies;
  }

  definition(name: string): ResourceDefinition | undefined {
    return this.enabled.find((definition) => definition.name === name);
  }

  typeOf(definition: ResourceDefinition): ResourceType {
    return resourceType(definition.type, this.offered, this.source.files);
  }

  holds(condition: unknown): boolean {
    return this.conditions.holds(condition);
  }

  values(reader: ResourceReader): Values {
    return {
      parameter: (name) => this.parameters.get(name),
      condition: (name) => this.conditions.isTrue(name),
      file: (name) => this.source.files[name],
      ...reader,
    };
  }

  get surroundings(): Surroundings {
    return {
      values: this.values(nothingYet),
      hasCondition: (name) => Object.hasOwn(this.template.conditions, name),
      attributesOf: (name) => {
        const definition = this.definition(name);
        return definition && this.typeOf(definition).attributes;
      },
    };
  }

  /** Throws EvaluationError or HeatError. */
  evaluate(expression: unknown, reader: ResourceReader): unknown {
    return this.template.expressions.evaluate(expression, this.values(reader));
  }

  /** [resource, attribute] pairs that must be known before the expression can be evaluated. */
  attributesIn(expression: unknown, reader: ResourceReader): [string, string | undefined][] {
    return this.template.expressions.attributes(expression, this.values(reader));
  }

  /** Names of the resources that the expression refers to. */
  resourcesIn(expression: unknown): string[] {
    return [...new Set(this.template.expressions.references(expression, '', this.values(nothingYet)).map(({ resource }) => resource))];
  }

  /** Parameters that were given, hidden ones as asterisks. */
  givenParameters(): JsonObject {
    return Object.fromEntries(
      Object.entries(this.source.parameters).map(([name, value]) => [name, this.parameters.isHidden(name) ? '******' : value]),
    );
  }
}
