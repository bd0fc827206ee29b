import { z } from 'zod';
import { secretNames } from '../domain/secret-names.js';
import { endOfBoot, type BootingNode } from './booting-node.js';
import type { NodeApiRuntime } from './node-api-runtime.js';
import { NodeApiError } from './node-api-error.js';

const filesSchema = z.array(z.object({ path: z.string().startsWith('/'), mode: z.string().regex(/^[0-7]{3,4}$/), content: z.string() }));

/** What the conductor sealed for this node: one line a file, `<octal mode> <absolute path> <base64 content>`. */
export async function readPayload({ dataSource, secrets }: NodeApiRuntime, node: BootingNode): Promise<string> {
  const end = endOfBoot(node);
  if (end !== undefined) throw new NodeApiError('boot-ended', `The boot of this node is over: ${end}.`);
  const sealed = await secrets.find(dataSource.manager, node.cluster_id, secretNames.payload(node.id));
  if (sealed === undefined) throw new NodeApiError('no-payload-yet', 'There is nothing for this node yet; ask again.');
  const files = filesSchema.parse(JSON.parse(sealed));
  return files.map(({ mode, path, content }) => `${mode} ${path} ${Buffer.from(content).toString('base64')}\n`).join('');
}
