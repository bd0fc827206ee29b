import { viewEvent } from './event.view.js';
import type { FeedItem } from './event-feed.js';

/** A comment this often keeps proxies from closing a quiet stream. */
const heartbeatMs = 15_000;
/** How long a client waits before it connects again. */
const retryMs = 2_000;

/** The text of a server-sent event stream (id, event, data), with heartbeats in between. */
export async function* serverSentEvents(feed: AsyncIterable<FeedItem>, now: () => number): AsyncGenerator<string> {
  yield `retry: ${retryMs}\n\n`;
  let lastSentAt = now();
  for await (const item of feed) {
    const text = textOf(item, now() - lastSentAt >= heartbeatMs);
    if (text === '') continue;
    lastSentAt = now();
    yield text;
  }
}

function textOf(item: FeedItem, heartbeatIsDue: boolean): string {
  switch (item.kind) {
    case 'event':
      return `id: ${item.event.id}\nevent: ${item.event.type}\ndata: ${JSON.stringify(viewEvent(item.event))}\n\n`;
    case 'quiet':
      return heartbeatIsDue ? ': still here\n\n' : '';
    case 'gone':
      return `event: end\ndata: ${JSON.stringify({ because: 'the cluster is gone' })}\n\n`;
  }
}
