import type { FastifyReply, FastifyRequest } from 'fastify';

/** What WebOb answers by itself (redirects, unknown paths, 202 of an update): JSON for those who ask for it, else text. */
export function sendPlainly(request: FastifyRequest, reply: FastifyReply, status: number, title: string, text: string): FastifyReply {
  reply.code(status);
  if (request.headers.accept?.includes('application/json') === true) {
    return reply.type('application/json').send(JSON.stringify({ message: `${text}<br /><br />\n\n\n`, code: `${status} ${title}`, title }));
  }
  return reply.type('text/plain; charset=UTF-8').send(`${status} ${title}\n\n${text}\n\n   `);
}
