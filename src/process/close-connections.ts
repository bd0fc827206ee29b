import type { FastifyInstance } from 'fastify';

/**
 * Answers given while the server closes end their connection: a client that kept it would send its next request into a
 * server that is no longer there, and the server would wait for the connection to become old.
 */
export function closeConnectionsAtTheEnd(fastify: FastifyInstance): void {
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) reply.header('connection', 'close');
    done();
  });
}
