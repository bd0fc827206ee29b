import { Controller, Get, Header, Headers, Inject, type OnModuleDestroy, Param, Req, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { requireAllowed } from '../access/policy.js';
import { ClusterStore } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import { Ask, type Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { followEvents } from './event-feed.js';
import { serverSentEvents } from './server-sent-events.js';

@ApiTags('events')
@Controller('/v1/clusters/:cluster/events')
export class EventsController implements OnModuleDestroy {
  private readonly stopping = new AbortController();

  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
  ) {}

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  @Get()
  @Header('Cache-Control', 'no-cache, no-transform')
  @Header('X-Accel-Buffering', 'no')
  // A stream that ends because the service stops must not keep its connection, or the service could not stop.
  @Header('Connection', 'close')
  @ApiOperation({
    operationId: 'watchCluster',
    summary: 'History of a cluster as it grows (server-sent events)',
    description:
      'Begins with the whole history, or after the event of header Last-Event-ID. Data are Event objects in JSON. Ends with an event `end` when the cluster is gone, and without one when the token expires or the service stops: connect again then.',
  })
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  async watch(
    @Ask() { caller }: Asking,
    @Param('cluster') reference: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<StreamableFile> {
    const cluster = await this.clusters.get(caller, reference, 'all');
    requireAllowed('cluster:get', caller, targetOf(cluster));
    const left = new AbortController();
    request.raw.socket.once('close', () => left.abort());
    // A stream does not outlive the token it was opened with.
    const expired = AbortSignal.timeout(Math.max(0, Math.min(caller.token.expiresAt.getTime() - Date.now(), timerMax)));
    const signal = AbortSignal.any([left.signal, expired, this.stopping.signal]);
    const afterId = /^\d{1,9}$/.test(lastEventId ?? '') ? Number(lastEventId) : 0;
    const feed = followEvents(this.runtime.dataSource, { clusterId: cluster.id, afterId, pollMs: this.runtime.config.EVENTS_POLL_SECONDS * 1000 }, signal);
    return new StreamableFile(Readable.from(serverSentEvents(feed, Date.now)), { type: 'text/event-stream; charset=utf-8' });
  }
}

/** Longest delay of a timer in Node (2^31-1 ms). */
const timerMax = 2_147_483_647;
