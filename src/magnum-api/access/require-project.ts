import { ForbiddenError } from '../../domain/domain-error.js';
import type { Caller } from './caller.js';

/** The project new objects belong to; even an admin's token needs one. */
export function requireProject({ projectId }: Caller): string {
  if (projectId === null) throw new ForbiddenError('Your token has no project: ask Keystone for a project-scoped one.');
  return projectId;
}
