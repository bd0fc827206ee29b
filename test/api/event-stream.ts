export interface StreamedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of server-sent events. */
export class EventStream {
  readonly events: StreamedEvent[] = [];
  /** Resolves when the server ends the stream, or the client closed it. */
  readonly ended: Promise<void>;

  private constructor(
    response: Response,
    private readonly controller: AbortController,
  ) {
    this.contentType = response.headers.get('content-type') ?? '';
    this.ended = this.read(response);
  }

  readonly contentType: string;

  static async open(url: string, token: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
    const controller = new AbortController();
    const response = await fetch(url, { headers: { 'x-auth-token': token, accept: 'text/event-stream', ...headers }, signal: controller.signal });
    if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return new EventStream(response, controller);
  }

  close(): void {
    this.controller.abort();
  }

  private async read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } catch (error) {
      if (!this.controller.signal.aborted) throw error;
    }
  }

  private take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
    const event = fields.get('event');
    if (event === undefined) return;
    this.events.push({ id: fields.get('id') ?? '', event, data: JSON.parse(fields.get('data') ?? '{}') as Record<string, unknown> });
  }
}
