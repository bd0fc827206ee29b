import type { Server } from 'node:http';

export interface Listener {
  readonly name: string;
  readonly server: Server;
  readonly host: string;
  readonly port: number;
}

/** The services' front doors, each of which may be closed for a while: then nobody is connected, and nobody can connect. */
export class Listeners {
  constructor(private readonly listeners: readonly Listener[]) {}

  list(): { name: string; listening: boolean }[] {
    return this.listeners.map(({ name, server }) => ({ name, listening: server.listening }));
  }

  /** False when there is none of this name. */
  async set(name: string, listening: boolean): Promise<boolean> {
    const listener = this.listeners.find((each) => each.name === name);
    if (!listener) return false;
    if (listening !== listener.server.listening) await (listening ? open(listener) : close(listener));
    return true;
  }
}

function open({ server, host, port }: Listener): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      done();
    });
  });
}

function close({ server }: Listener): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
