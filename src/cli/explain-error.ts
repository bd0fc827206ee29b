import { CommanderError } from 'commander';
import { DomainError } from '../domain/domain-error.js';
import { OpenStackError } from '../openstack/cloud-error.js';

/** What is said on stderr for an error, and the exit status: 2 for wrong usage, 130 for Ctrl-C, 1 for the rest. */
export function explain(error: unknown): { lines: string[]; status: number } {
  // commander has said its own words already.
  if (error instanceof CommanderError) return { lines: [], status: error.exitCode === 0 ? 0 : 2 };
  if (error instanceof OpenStackError) {
    // Jeroboam's own words stand for themselves; of another service, or of silence, people want to know whose it is.
    if (error.service !== 'container-infra' || error.status === null) return { lines: [error.message], status: 1 };
    const request = error.requestId === null ? '' : ` (Request-ID: ${error.requestId})`;
    return { lines: [`${error.detail} (HTTP ${error.status})${request}`], status: 1 };
  }
  if (error instanceof DomainError) return { lines: [error.message], status: 1 };
  return { lines: [error instanceof Error ? error.message : String(error)], status: 1 };
}
