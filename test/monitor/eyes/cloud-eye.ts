import { Agent, request } from 'undici';
import type { CloudView, RequestView } from '../sample.js';

export interface AdminAccess {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A simulator that is held up answers nobody; the monitor counts a gap and goes on (ms). */
const patienceMs = 5_000;

/** The simulated cloud through its side door, over one connection. */
export class CloudEye {
  private readonly agent = new Agent({ connections: 2, keepAliveTimeout: 30_000, headersTimeout: patienceMs, bodyTimeout: patienceMs, connect: { timeout: patienceMs } });
  private lastSeq = 0;
  private instance: string | undefined;

  constructor(private readonly adminUrl: string) {}

  /** What the cloud holds, and then what was asked of it since the last look. */
  async look(): Promise<{ cloud: CloudView; requests: RequestView[] }> {
    const cloud = (await this.get('/world')) as CloudView;
    // A new process numbers its log from 1 again.
    if (cloud.instance !== this.instance) this.lastSeq = 0;
    const requests = (await this.get(`/requests?since=${this.lastSeq}`)) as RequestView[];
    this.instance = cloud.instance;
    this.lastSeq = requests.at(-1)?.seq ?? this.lastSeq;
    return { cloud, requests };
  }

  async adminAccess(cluster: string): Promise<AdminAccess> {
    return (await this.get(`/clusters/${encodeURIComponent(cluster)}/admin-access`)) as AdminAccess;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async get(path: string): Promise<unknown> {
    const { statusCode, body } = await request(`${this.adminUrl}${path}`, { dispatcher: this.agent });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text}`);
    return JSON.parse(text);
  }
}
