import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { endsWithin, startOfProcess } from './process-identity.js';

const processSchema = z.object({ pid: z.int().positive(), startedAt: z.string() });
const holderSchema = processSchema.extend({ children: z.array(processSchema) });
type KnownProcess = z.infer<typeof processSchema>;

export interface FolderLock {
  /** A child that works on the folder: whoever comes after us, should we be killed, waits for its end. */
  addChild(pid: number): void;
  release(): void;
}

/** Children of a killed launcher end by themselves when they see it; those that do not within this are ended (ms). */
const childrenEndWithinMs = 15_000;

/**
 * One launcher a data folder. Throws, and names the process, when another one is at work there; what a killed one has left
 * running is ended first.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, 'launcher.json');
  const holder = { ...identify(process.pid), children: [] as KnownProcess[] };
  while (!claim(file, JSON.stringify(holder))) await removeStale(file, folder);
  return {
    addChild: (pid) => {
      const startedAt = startOfProcess(pid);
      if (startedAt === undefined) return; // it has ended already
      holder.children.push({ pid, startedAt });
      replace(file, JSON.stringify(holder));
    },
    release: () => {
      // Released twice, it could be another's by now.
      if (readIfThere(file) === JSON.stringify(holder)) rmSync(file);
    },
  };
}

function identify(pid: number): KnownProcess {
  const startedAt = startOfProcess(pid);
  if (startedAt === undefined) throw new Error(`This system does not tell when process ${pid} began.`);
  return { pid, startedAt };
}

const isAlive = ({ pid, startedAt }: KnownProcess): boolean => startOfProcess(pid) === startedAt;

async function removeStale(file: string, folder: string): Promise<void> {
  const text = readIfThere(file);
  if (text === undefined) return;
  const holder = parse(text);
  if (holder && isAlive(holder)) {
    throw new Error(`Jeroboam already runs on the data in ${folder}: process ${holder.pid}. Stop it first, or name another folder in JEROBOAM_DATA_DIR.`);
  }
  for (const child of holder?.children ?? []) {
    // Its beginning was compared, so it is the very process that the killed launcher started.
    if (!(await endsWithin(childrenEndWithinMs, () => isAlive(child)))) process.kill(child.pid, 'SIGKILL');
    await endsWithin(childrenEndWithinMs, () => isAlive(child));
  }
  // Another launcher may have come as far as this: only the file that was looked at is put away.
  const mine = `${file}.${process.pid}`;
  renameSync(file, mine);
  if (readFileSync(mine, 'utf8') === text) rmSync(mine);
  else renameSync(mine, file);
}

function claim(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    // Not instanceof: inside Jest errors of node:fs come from another realm.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** At no moment is the file half written. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for what a launcher left half written when it was killed. */
function parse(text: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError || (error as Error).name === 'SyntaxError') return undefined;
    throw error;
  }
}
