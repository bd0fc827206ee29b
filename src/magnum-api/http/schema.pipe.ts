import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';
import { InvalidParameterError } from '../../domain/domain-error.js';

/** Validates what a route declares a zod schema for; every problem becomes one sentence that names the field. */
@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    const { schema, type } = metadata;
    if (!schema || (type !== 'body' && type !== 'query')) return value;
    const result = schema['~standard'].validate(value ?? (type === 'query' ? {} : undefined));
    if (result instanceof Promise) throw new TypeError('Schemas of requests are synchronous.');
    if (!result.issues) return result.value;
    throw new InvalidParameterError(describeIssues(result.issues as readonly z.core.$ZodIssue[], type));
  }
}

const issuesShownMax = 10;

/** What is wrong with a body or a query string, for the person who wrote it. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], kind: 'body' | 'query'): string {
  const sentences = issues.slice(0, issuesShownMax).map((issue) => describeIssue(issue, kind));
  return [...new Set(sentences)].join('. ') + '.';
}

function describeIssue(issue: z.core.$ZodIssue, kind: 'body' | 'query'): string {
  const noun = kind === 'query' ? 'query parameter' : 'field';
  if (issue.code === 'unrecognized_keys') {
    const names = [...issue.keys].sort().map((key) => [...issue.path, key].join('/'));
    return `Unknown or read-only ${noun}${names.length > 1 ? 's' : ''} ${names.join(', ')}: leave ${names.length > 1 ? 'them' : 'it'} out`;
  }
  if (issue.path.length === 0) return `Invalid request body: ${reason(issue)}`;
  return `Invalid value for ${noun} ${issue.path.map(String).join('/')}: ${reason(issue)}`;
}

function reason(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.map(String).join(', ')}`;
  return issue.message.replace(/^Invalid input: /, '').replace(/\.$/, '');
}
