import type { Fields } from '../objects/kube-object.js';
import { messages, type FieldType } from './protobuf-messages.js';
import { unsupportedMediaType } from './status-error.js';

export const protobufType = 'application/vnd.kubernetes.protobuf';

/** Kubernetes puts this before every protobuf document, and around it a message with its type. */
const magic = Buffer.from('k8s\0');

type RawField = { number: number; value: number | Buffer };

/** An object out of Kubernetes' protobuf. @throws StatusError 415 for a kind, or a field that is set, which is not known here. */
export function decodeProtobuf(document: Buffer): Fields {
  if (!document.subarray(0, magic.length).equals(magic)) throw unsupportedMediaType();
  const envelope = new Map([...rawFields(document.subarray(magic.length))].map(({ number, value }) => [number, value]));
  const [typeMeta, raw] = [envelope.get(1), envelope.get(2)];
  if (!Buffer.isBuffer(typeMeta) || !Buffer.isBuffer(raw)) throw unsupportedMediaType();
  const [apiVersion = '', kind = ''] = [...rawFields(typeMeta)].map(({ value }) => value.toString());
  return { apiVersion, kind, ...decodeMessage(kind, raw) };
}

function decodeMessage(name: string, bytes: Buffer): Fields {
  const known = messages[name];
  if (!known) throw unsupportedMediaType();
  const result: Fields = {};
  for (const { number, value } of rawFields(bytes)) {
    const field = known[number];
    // Go writes empty values too; they say nothing.
    const isEmpty = typeof value === 'number' ? value === 0 : value.length === 0;
    if (!field && !isEmpty) throw unsupportedMediaType();
    if (field && (!isEmpty || typeof field[1] === 'object')) assign(result, field[0], field[1], value);
  }
  return result;
}

function assign(target: Fields, name: string, type: FieldType, value: number | Buffer): void {
  if (typeof type === 'object' && 'list' in type) target[name] = [...((target[name] as unknown[] | undefined) ?? []), decodeValue(type.list, value)];
  else if (typeof type === 'object' && 'map' in type) target[name] = { ...(target[name] as Fields | undefined), ...decodeEntry(type.map, value) };
  else if (type !== 'ignored') target[name] = decodeValue(type, value);
}

function decodeEntry(type: FieldType, value: number | Buffer): Fields {
  const parts = new Map([...rawFields(bytesOf(value))].map((field) => [field.number, field.value]));
  const key = parts.get(1)?.toString() ?? '';
  return { [key]: decodeValue(type, parts.get(2) ?? Buffer.alloc(0)) };
}

function decodeValue(type: FieldType, value: number | Buffer): unknown {
  if (typeof type === 'object') return 'message' in type ? decodeStructure(type.message, bytesOf(value)) : undefined;
  switch (type) {
    case 'text':
      return bytesOf(value).toString('utf8');
    case 'base64':
      return bytesOf(value).toString('base64');
    case 'number':
      return Number(value);
    case 'boolean':
      return value !== 0;
    case 'quantity':
      return [...rawFields(bytesOf(value))].find(({ number }) => number === 1)?.value.toString();
    case 'ignored':
      return undefined;
  }
}

/** IntOrString is a message on the wire (its type, number and text) and a plain value in JSON. */
function decodeStructure(name: string, bytes: Buffer): unknown {
  if (name !== 'IntOrString') return decodeMessage(name, bytes);
  const parts = new Map([...rawFields(bytes)].map(({ number, value }) => [number, value]));
  return parts.get(1) === 1 ? parts.get(3)?.toString() : Number(parts.get(2) ?? 0);
}

function bytesOf(value: number | Buffer): Buffer {
  if (typeof value === 'number') throw unsupportedMediaType();
  return value;
}

/** The fields of one message: varints as numbers, everything of a length as bytes. */
function* rawFields(bytes: Buffer): Generator<RawField> {
  let position = 0;
  const varint = (): number => {
    let result = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = bytes[position++];
      if (byte === undefined) throw unsupportedMediaType();
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
    throw unsupportedMediaType();
  };
  while (position < bytes.length) {
    const tag = varint();
    const [number, wireType] = [Math.floor(tag / 8), tag % 8];
    if (wireType === 0) yield { number, value: varint() };
    else if (wireType === 2) {
      const length = varint();
      if (position + length > bytes.length) throw unsupportedMediaType();
      yield { number, value: bytes.subarray(position, (position += length)) };
    } else throw unsupportedMediaType();
  }
}
