/** One piece of user-data as cloud-init sorts it by its content type. */
export type UserDataPart =
  | { kind: 'cloud-config'; text: string; appendLists: boolean }
  | { kind: 'shell-script'; text: string }
  | { kind: 'ignition'; text: string }
  | { kind: 'unknown'; because: string };

/** Splits user-data into its parts: a bare document, or a MIME multipart archive of them. */
export function splitUserData(userData: string): UserDataPart[] {
  if (userData.trim() === '') return [];
  const message = parseMessage(userData);
  const boundary = boundaryOf(message);
  if (boundary === undefined) return [partOf(userData, undefined, undefined)];
  return multipartBodies(message.body, boundary).flatMap((body) => {
    const part = parseMessage(body);
    const nested = boundaryOf(part);
    if (nested !== undefined) return splitUserData(body);
    const text = decodeTransfer(part.body, part.headers.get('content-transfer-encoding'));
    return [partOf(text, contentType(part), part.headers.get('merge-type') ?? part.headers.get('x-merge-type'))];
  });
}

interface Message {
  headers: Map<string, string>;
  body: string;
}

/** RFC 822 headers up to the first empty line; a continuation line begins with white space. Without headers all is body. */
function parseMessage(text: string): Message {
  const normal = text.replaceAll('\r\n', '\n').replace(/^\n+/u, '');
  const end = normal.indexOf('\n\n');
  const head = end < 0 ? normal : normal.slice(0, end);
  const lines = head.replaceAll(/\n[ \t]+/gu, ' ').split('\n');
  if (!lines.every((line) => /^[A-Za-z][A-Za-z0-9-]*:/u.test(line))) return { headers: new Map(), body: text };
  const headers = new Map(lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
  return { headers, body: end < 0 ? '' : normal.slice(end + 2) };
}

const contentType = (message: Message): string | undefined => message.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();

function boundaryOf(message: Message): string | undefined {
  if (!contentType(message)?.startsWith('multipart/')) return undefined;
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/iu.exec(message.headers.get('content-type') ?? '');
  return match?.[1] ?? match?.[2];
}

function multipartBodies(body: string, boundary: string): string[] {
  const bodies: string[] = [];
  let current: string[] | undefined;
  for (const line of body.split('\n')) {
    if (line.trimEnd() === `--${boundary}` || line.trimEnd() === `--${boundary}--`) {
      if (current) bodies.push(current.join('\n'));
      if (line.trimEnd().endsWith(`${boundary}--`)) return bodies;
      current = [];
    } else current?.push(line);
  }
  if (current) bodies.push(current.join('\n'));
  return bodies;
}

function decodeTransfer(body: string, encoding: string | undefined): string {
  switch (encoding?.toLowerCase()) {
    case 'base64':
      return Buffer.from(body, 'base64').toString('utf8');
    case 'quoted-printable': {
      const bytes = body.replaceAll(/=\n/gu, '').replaceAll(/=([0-9A-Fa-f]{2})/gu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      return Buffer.from(bytes, 'latin1').toString('utf8');
    }
    default:
      return body;
  }
}

/** The first line decides, as in cloud-init, unless the part declares one of the types that need no marker. */
function partOf(text: string, declared: string | undefined, mergeType: string | undefined): UserDataPart {
  const body = text.replace(/^\uFEFF/u, '');
  const appendLists = mergeType?.includes('list(append)') ?? false;
  if (declared === 'text/cloud-config' || /^#cloud-config(\s|$)/u.test(body)) return { kind: 'cloud-config', text: body, appendLists };
  if (declared === 'text/x-shellscript' || body.startsWith('#!')) return { kind: 'shell-script', text: body };
  if (/^\s*\{[^]*"ignition"/u.test(body)) return { kind: 'ignition', text: body };
  return { kind: 'unknown', because: `user-data of type ${declared ?? 'unknown'} that begins with ${JSON.stringify(body.slice(0, 24))}` };
}
