import { expect, it } from '@jest/globals';
import type { FeedItem } from './event-feed.js';
import { serverSentEvents } from './server-sent-events.js';

async function* feedOf(items: readonly FeedItem[]): AsyncGenerator<FeedItem> {
  for (const item of items) yield await Promise.resolve(item);
}

it('numbers events, beats when it is quiet, and says when it ends', async () => {
  const event = { id: 7, cluster_id: 'c', operation_id: 'o', node_id: null, at: new Date(0), type: 'step', step: 's', node_phase: null, message: 'a\nb', because: null };
  const times = [0, 1_000, 1_000, 14_000, 16_001, 16_001, 17_000, 17_000];
  const chunks: string[] = [];
  const feed = feedOf([{ kind: 'event', event }, { kind: 'quiet' }, { kind: 'quiet' }, { kind: 'gone' }]);
  for await (const chunk of serverSentEvents(feed, () => times.shift() ?? 0)) chunks.push(chunk);
  expect(chunks).toEqual([
    'retry: 2000\n\n',
    'id: 7\nevent: step\ndata: {"id":7,"cluster_uuid":"c","operation_uuid":"o","node_uuid":null,"at":"1970-01-01T00:00:00.000Z","type":"step","step":"s","node_phase":null,"message":"a\\nb","because":null}\n\n',
    ': still here\n\n',
    'event: end\ndata: {"because":"the cluster is gone"}\n\n',
  ]);
});
