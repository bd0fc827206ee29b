import { Controller, Param, Patch } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { InvalidParameterError } from '../../domain/domain-error.js';
import type { Caller } from '../access/caller.js';
import { requireAllowed, type Rule } from '../access/policy.js';
import { ClusterStore } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import { Ask, type Asking } from '../http/request-context.js';
import { SinceVersion } from '../http/since-version.js';

/**
 * Magnum's calls that this release refuses: with the status its clients know for "this cluster cannot do that" (400), and
 * only after everything that would be refused anyway (version, token, cluster, role).
 */
@ApiExcludeController()
@Controller('/v1')
export class NotYetController {
  constructor(private readonly clusters: ClusterStore) {}

  @Patch('certificates/:cluster')
  rotateAuthority(@Ask() { caller }: Asking, @Param('cluster') cluster: string): Promise<never> {
    return this.refuse(caller, cluster, 'certificate:rotate_ca', 'The CA of a cluster cannot be rotated yet.');
  }

  @Patch('credentials/:cluster')
  @SinceVersion(12)
  rotateCredential(@Ask() { caller }: Asking, @Param('cluster') cluster: string): Promise<never> {
    return this.refuse(caller, cluster, 'credential:rotate', 'The credential of a cluster cannot be rotated yet.');
  }

  /** All of these act within the caller's own project, admins included. */
  private async refuse(caller: Caller, reference: string, rule: Rule, because: string): Promise<never> {
    requireAllowed(rule, caller);
    const cluster = await this.clusters.get(caller, reference, 'own');
    requireAllowed(rule, caller, targetOf(cluster));
    throw new InvalidParameterError(because);
  }
}
