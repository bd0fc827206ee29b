/** What a client sent until it waits for an answer: a simple query, or everything up to a Sync. */
export interface ClientRequest {
  readonly bytes: Buffer;
  /** Names of statements, SQL and parameters among the protocol's own bytes; a simple query begins with its SQL. */
  readonly text: string;
}

/** SSLRequest and GSSENCRequest are eight bytes long; a StartupMessage is longer. */
const negotiationLength = 8;

/**
 * Cuts the bytes that a PostgreSQL client sends into requests (frontend/backend protocol 3.0: after the untyped startup
 * message each message is a type byte and a length that counts itself).
 */
export class ClientMessages {
  private pending: Buffer = Buffer.alloc(0);
  private batch: Buffer[] = [];
  private hasStarted = false;

  push(chunk: Buffer): ClientRequest[] {
    this.pending = Buffer.concat([this.pending, chunk]);
    const requests: ClientRequest[] = [];
    for (let message = this.take(); message; message = this.take()) {
      this.batch.push(message.bytes);
      if (!message.endsRequest) continue;
      const bytes = Buffer.concat(this.batch);
      this.batch = [];
      requests.push({ bytes, text: message.type === 'Q' ? bytes.toString('latin1', 5) : bytes.toString('latin1') });
    }
    return requests;
  }

  private take(): { bytes: Buffer; type: string; endsRequest: boolean } | undefined {
    const header = this.hasStarted ? 5 : 4;
    if (this.pending.length < header) return undefined;
    const length = this.pending.readInt32BE(header - 4) + header - 4;
    if (this.pending.length < length) return undefined;
    const bytes = this.pending.subarray(0, length);
    this.pending = this.pending.subarray(length);
    if (!this.hasStarted) {
      this.hasStarted = length > negotiationLength;
      return { bytes, type: '', endsRequest: true };
    }
    const type = String.fromCharCode(bytes[0] ?? 0);
    // Parse, Bind, Describe, Execute and Close wait for their Sync; whatever else there is travels alone.
    return { bytes, type, endsRequest: !'PBDEC'.includes(type) };
  }
}
