import { ForbiddenError } from '../../domain/domain-error.js';
import type { Caller } from './caller.js';

/** Magnum's rule names for the calls served here, and ours for what Magnum has not. */
export type Rule =
  | 'certificate:create'
  | 'certificate:get'
  | 'certificate:rotate_ca'
  | 'cluster:create'
  | 'cluster:delete'
  | 'cluster:detail'
  | 'cluster:detail_all_projects'
  | 'cluster:delete_all_projects'
  | 'cluster:get'
  | 'cluster:get_all'
  | 'cluster:get_all_all_projects'
  | 'cluster:get_one_all_projects'
  | 'cluster:replace_node'
  | 'cluster:resize'
  | 'cluster:retry'
  | 'cluster:update'
  | 'cluster:update_all_projects'
  | 'cluster:upgrade'
  | 'clustertemplate:create'
  | 'clustertemplate:delete'
  | 'clustertemplate:delete_all_projects'
  | 'clustertemplate:detail'
  | 'clustertemplate:detail_all_projects'
  | 'clustertemplate:get'
  | 'clustertemplate:get_all'
  | 'clustertemplate:get_all_all_projects'
  | 'clustertemplate:get_one_all_projects'
  | 'clustertemplate:publish'
  | 'clustertemplate:update'
  | 'clustertemplate:update_all_projects'
  | 'credential:rotate'
  | 'nodegroup:create'
  | 'nodegroup:delete'
  | 'nodegroup:get'
  | 'nodegroup:get_all'
  | 'nodegroup:get_all_all_projects'
  | 'nodegroup:get_one_all_projects'
  | 'nodegroup:update'
  | 'operation:cancel'
  | 'operation:pause'
  | 'operation:resume'
  | 'operation:skip_node';

/** Whom a rule lets through, besides admins. `own-…`: only who created the object. */
type Grant = 'admin-only' | 'member' | 'own-member' | 'own-reader' | 'reader';

const grants: Record<Rule, Grant> = {
  'certificate:create': 'own-member',
  'certificate:get': 'own-reader',
  'certificate:rotate_ca': 'member',
  'cluster:create': 'member',
  'cluster:delete': 'member',
  'cluster:detail': 'reader',
  'cluster:detail_all_projects': 'admin-only',
  'cluster:delete_all_projects': 'admin-only',
  'cluster:get': 'reader',
  'cluster:get_all': 'reader',
  'cluster:get_all_all_projects': 'admin-only',
  'cluster:get_one_all_projects': 'admin-only',
  'cluster:replace_node': 'member',
  'cluster:resize': 'member',
  'cluster:retry': 'member',
  'cluster:update': 'member',
  'cluster:update_all_projects': 'admin-only',
  'cluster:upgrade': 'member',
  'clustertemplate:create': 'member',
  'clustertemplate:delete': 'member',
  'clustertemplate:delete_all_projects': 'admin-only',
  'clustertemplate:detail': 'reader',
  'clustertemplate:detail_all_projects': 'admin-only',
  'clustertemplate:get': 'reader',
  'clustertemplate:get_all': 'reader',
  'clustertemplate:get_all_all_projects': 'admin-only',
  'clustertemplate:get_one_all_projects': 'admin-only',
  'clustertemplate:publish': 'admin-only',
  'clustertemplate:update': 'member',
  'clustertemplate:update_all_projects': 'admin-only',
  'credential:rotate': 'member',
  'nodegroup:create': 'member',
  'nodegroup:delete': 'member',
  'nodegroup:get': 'reader',
  'nodegroup:get_all': 'reader',
  'nodegroup:get_all_all_projects': 'admin-only',
  'nodegroup:get_one_all_projects': 'admin-only',
  'nodegroup:update': 'member',
  'operation:cancel': 'member',
  'operation:pause': 'member',
  'operation:resume': 'member',
  'operation:skip_node': 'member',
};

/** Whose object a rule is asked about; the caller's own project when there is none yet. */
export interface PolicyTarget {
  readonly projectId: string | null;
  readonly userId: string;
}

export interface PolicyOptions {
  /** Magnum's rule: of a project's members only the creator reads the CA and signs. False lets all of them. */
  readonly strictCertificates: boolean;
}

export function isAllowed(rule: Rule, caller: Caller, target: PolicyTarget = caller, options: PolicyOptions = { strictCertificates: true }): boolean {
  if (caller.isAdmin) return true;
  const sameProject = caller.projectId !== null && caller.projectId === target.projectId;
  const isCreator = caller.userId === target.userId || !options.strictCertificates;
  switch (grants[rule]) {
    case 'admin-only':
      return false;
    case 'member':
      return sameProject && caller.roles.has('member');
    case 'reader':
      return sameProject && caller.roles.has('reader');
    case 'own-member':
      return sameProject && isCreator && caller.roles.has('member');
    case 'own-reader':
      return sameProject && isCreator && caller.roles.has('reader');
  }
}

/** Throws ForbiddenError that names the rule. */
export function requireAllowed(rule: Rule, caller: Caller, target: PolicyTarget = caller, options?: PolicyOptions): void {
  if (!isAllowed(rule, caller, target, options)) {
    const { projectId } = caller;
    const hint = projectId === null ? 'your token has no project: ask Keystone for a project-scoped one' : grantHint(grants[rule]);
    throw new ForbiddenError(`Policy does not allow ${rule} to be performed: ${hint}.`);
  }
}

function grantHint(grant: Grant): string {
  switch (grant) {
    case 'admin-only':
      return 'it needs role admin';
    case 'member':
      return "it needs role member in the object's project";
    case 'reader':
      return "it needs role reader in the object's project";
    case 'own-member':
      return 'it needs role member, and only who created the cluster may';
    case 'own-reader':
      return 'it needs role reader, and only who created the cluster may';
  }
}
