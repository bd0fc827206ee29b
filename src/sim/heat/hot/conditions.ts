import { TemplateRefusal } from '../heat-error.js';
import { truth } from './condition-functions.js';
import type { Values } from './function.js';
import type { Template } from './template.js';

/** The named conditions of a template under one set of parameters, each evaluated at most once. */
export class Conditions {
  private readonly known = new Map<string, boolean>();
  private readonly underWay = new Set<string>();

  constructor(
    private readonly template: Template,
    private readonly values: () => Values,
  ) {}

  isTrue(name: string): boolean {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (!Object.hasOwn(this.template.conditions, name)) throw new TemplateRefusal(`Invalid condition "${name}"`);
    if (this.underWay.has(name)) throw new TemplateRefusal(`Circular definition for condition "${name}"`);
    this.underWay.add(name);
    const value = this.holds(this.template.conditions[name]);
    this.underWay.delete(name);
    this.known.set(name, value);
    return value;
  }

  /** A condition as resources and outputs carry it; none means yes. */
  holds(condition: unknown): boolean {
    if (condition === undefined || condition === null) return true;
    return truth(condition, this.values(), (inner) => this.template.expressions.evaluate(inner, this.values(), 'condition'));
  }
}
