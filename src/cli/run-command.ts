import { Option, type Command } from 'commander';
import { connect } from './connect.js';
import { ClusterNews } from './cluster-news.js';
import { CoeClient, type Item } from './coe-client.js';
import { formatList, formatRecord, formats, type Format } from './output.js';

/** What a command works with. stdout is for results only; people are told things on stderr. */
export interface Cli {
  readonly client: CoeClient;
  readonly format: Format;
  /** What -c asked for; empty: everything. */
  readonly columns: readonly string[];
  /** Says when there is something new about a cluster; to be closed. */
  readonly listen: (clusterId: string) => ClusterNews;
  readonly print: (text: string) => void;
  readonly tell: (line: string) => void;
  readonly printList: (items: readonly Item[], columns: readonly string[]) => void;
  /** `nullText`: what a table shows for null. */
  readonly printRecord: (item: Item, columns: readonly string[], nullText?: string) => void;
}

interface GlobalOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly osCloud?: string;
  readonly osCacert?: string;
  readonly insecure?: boolean;
  readonly endpoint?: string;
  readonly osContainerInfraApiVersion: string;
  readonly timeoutSeconds: number;
  readonly format?: Format;
  readonly column?: string[];
}

/** Adds -f and -c to a command that prints a list or a record. */
export function withFormat(command: Command): Command {
  return command
    .addOption(new Option('-f, --format <format>', 'how to print').choices([...formats]).default('table'))
    .addOption(new Option('-c, --column <column>', 'print only this column (repeatable)').argParser(collect).default([], 'all'));
}

export const sortDirection = (): Option => new Option('--sort-dir <dir>', 'ascending or descending').choices(['asc', 'desc']);

/** For repeatable options. */
export const collect = (value: string, previous: string[]): string[] => [...previous, value];

/** Runs a command's work with a connection made from the global options; the connection ends with it. */
export async function withClient(command: Command, work: (cli: Cli) => Promise<void>): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const { osCloud, osCacert, insecure, endpoint, timeoutSeconds } = options;
  const connection = connect({
    environment: options.environment,
    timeoutSeconds,
    ...(osCloud === undefined ? {} : { osCloud }),
    ...(osCacert === undefined ? {} : { osCacert }),
    ...(insecure === undefined ? {} : { insecure }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const print = (text: string): void => void process.stdout.write(text);
  const output = { format: options.format ?? 'table', columns: options.column ?? [] };
  const client = new CoeClient(connection.session, microversion(options.osContainerInfraApiVersion));
  const open = async (clusterId: string, signal: AbortSignal): Promise<AsyncIterable<unknown>> => connection.openStream(await client.eventSource(clusterId), signal);
  try {
    await work({
      client,
      ...output,
      listen: (clusterId) => new ClusterNews({ open: (signal) => open(clusterId, signal), lookEveryMs: 500, lookAnywayMs: 2_000 }),
      print,
      tell: (line) => void process.stderr.write(`${line}\n`),
      printList: (items, columns) => print(formatList(items, columns, output)),
      printRecord: (item, columns, nullText) => print(formatRecord(item, columns, output, nullText)),
    });
  } finally {
    await connection.close();
  }
}

/** `1` means the newest, as in OpenStack's client. */
const microversion = (given: string): string => (given === '1' ? 'latest' : given);
