import type { FastifyInstance } from 'fastify';
import { callerOf, collectionOf, filtered, selfUrl, type Identity } from './identity.js';
import type { Domain, Project } from './identity-store.js';
import { forbidden, missing, requireAdmin } from './keystone-errors.js';

interface WithId {
  Params: { id: string };
}

/** Domains and projects are the seeds': they can be looked at, not made. */
export function projectRoutes(app: FastifyInstance, identity: Identity): void {
  const { store } = identity;

  app.get('/v3/projects', (request) => {
    requireAdmin(callerOf(identity, request), 'list_projects');
    const projects = filtered(store.projects.values(), request.query, ['name', 'domain_id', 'enabled']);
    return collectionOf(identity, request, 'projects', projects.map((project) => projectView(identity, project)));
  });

  app.get<WithId>('/v3/projects/:id', (request) => {
    const caller = callerOf(identity, request);
    const project = store.projects.get(request.params.id);
    if (!project && caller.roles.includes('admin')) throw missing('project', request.params.id);
    if (!project || (caller.projectId !== project.id && !caller.roles.includes('admin'))) throw forbidden('identity:get_project');
    return { project: projectView(identity, project) };
  });

  app.get('/v3/domains', (request) => {
    requireAdmin(callerOf(identity, request), 'list_domains');
    const domains = filtered(store.domains.values(), request.query, ['name', 'enabled']);
    return collectionOf(identity, request, 'domains', domains.map((domain) => domainView(identity, domain)));
  });

  app.get<WithId>('/v3/domains/:id', (request) => {
    const caller = callerOf(identity, request);
    const domain = store.domains.get(request.params.id);
    if (!domain && caller.roles.includes('admin')) throw missing('domain', request.params.id);
    const own = caller.projectId === null ? caller.domainId : store.projects.get(caller.projectId)?.domain_id;
    if (!domain || (own !== domain.id && !caller.roles.includes('admin'))) throw forbidden('identity:get_domain');
    return { domain: domainView(identity, domain) };
  });
}

export function projectView(identity: Identity, project: Project): Record<string, unknown> {
  const { id, name, domain_id, description, enabled } = project;
  const links = { self: selfUrl(identity, `projects/${id}`) };
  return { id, name, domain_id, description, enabled, parent_id: domain_id, is_domain: false, tags: [], options: {}, links };
}

function domainView(identity: Identity, { id, name, description, enabled }: Domain): Record<string, unknown> {
  return { id, name, description, enabled, tags: [], options: {}, links: { self: selfUrl(identity, `domains/${id}`) } };
}
