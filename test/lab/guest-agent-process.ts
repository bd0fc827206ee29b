import { fileURLToPath } from 'node:url';
import { startChild, type Child } from '../../src/launch/child.js';

export interface GuestAgentProcess extends Child {
  readonly proxyUrl: string;
}

export interface GuestAgentOptions {
  readonly authUrl: string;
  readonly password: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly system: Readonly<Record<string, string>>;
}

/** The guest agent as a process of its own; resolves when it watches the cloud. */
export async function startGuestAgent({ authUrl, password, dataDir, logFile, system }: GuestAgentOptions): Promise<GuestAgentProcess> {
  const script = fileURLToPath(new URL('guest-agent/main.js', import.meta.url));
  let announce: (proxyUrl: string) => void = () => undefined;
  const ready = new Promise<string>((resolve) => (announce = resolve));
  const child = startChild({
    name: 'The guest agent',
    command: [script, '--auth-url', authUrl, '--password', password, '--data-dir', dataDir],
    environment: system,
    logFile,
    graceMs: 20_000,
    onLine: (line) => {
      if (line.startsWith('{"ready":true')) announce((JSON.parse(line) as { proxy_url: string }).proxy_url);
    },
  });
  const died = child.ended.then((sentence) => Promise.reject(new Error(sentence)));
  died.catch(() => undefined);
  return { ...child, proxyUrl: await Promise.race([ready, died]) };
}
