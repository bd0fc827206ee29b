import { parseAllDocuments } from 'yaml';
import type { z } from 'zod';
import { kubeletConfiguration, kubeProxyConfiguration } from './component-schemas.js';
import { v1beta3, v1beta4 } from './schema.js';

/** What makes kubeadm fail; the message is what it prints after `error: `. Its exit codes: 1, but 2 for preflight checks and 3 for invalid values. */
export class KubeadmError extends Error {
  constructor(message: string, readonly exitCode: 1 | 2 | 3 = 1) {
    super(message);
  }
}

export type KubeadmDocument = { apiVersion: string; kind: string } & Record<string, unknown>;

/** First kubeadm minor that reads this version of group kubeadm.k8s.io. */
const versions: Record<string, { kinds: Record<string, z.ZodType | undefined>; firstMinor: number }> = {
  'kubeadm.k8s.io/v1beta3': { kinds: v1beta3, firstMinor: 22 },
  'kubeadm.k8s.io/v1beta4': { kinds: v1beta4, firstMinor: 31 },
  'kubelet.config.k8s.io/v1beta1': { kinds: { KubeletConfiguration: kubeletConfiguration }, firstMinor: 0 },
  'kubeproxy.config.k8s.io/v1alpha1': { kinds: { KubeProxyConfiguration: kubeProxyConfiguration }, firstMinor: 0 },
};

/** Reads the documents of a configuration file strictly; `kubeadmMinor` is that of the image. Throws a KubeadmError that names the field. */
export function parseKubeadmDocuments(text: string, path: string, kubeadmMinor: number): KubeadmDocument[] {
  const documents: KubeadmDocument[] = [];
  for (const document of parseAllDocuments(text, { version: '1.1' })) {
    const [error] = document.errors;
    if (error) throw new KubeadmError(`unable to load config from ${path}: ${error.message.split('\n')[0] ?? ''}`);
    const content: unknown = document.toJS();
    if (content === null || content === undefined) continue;
    documents.push(checkDocument(content, path, kubeadmMinor));
  }
  if (documents.length === 0) throw new KubeadmError(`unable to load config from ${path}: it holds no document`);
  const kinds = documents.map(({ kind }) => kind);
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) !== index);
  if (twice !== undefined) throw new KubeadmError(`invalid configuration: kind "${twice}" is specified twice in ${path}`);
  return documents;
}

function checkDocument(content: unknown, path: string, kubeadmMinor: number): KubeadmDocument {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new KubeadmError(`unable to load config from ${path}: a document is not a mapping`);
  const { apiVersion, kind } = content as Record<string, unknown>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') throw new KubeadmError(`invalid configuration for ${path}: kind and apiVersion is mandatory information that must be specified`);
  const version = versions[apiVersion];
  if (!version || kubeadmMinor < version.firstMinor) throw new KubeadmError(`your configuration file ${path} uses an unsupported API spec: "${apiVersion}" for kubeadm v1.${kubeadmMinor}`);
  const schema = version.kinds[kind];
  if (!schema) throw new KubeadmError(`no kind "${kind}" is registered for version "${apiVersion}"`);
  const parsed = schema.safeParse(content);
  if (!parsed.success)
    throw new KubeadmError(`error unmarshaling configuration ${apiVersion}, Kind=${kind}: strict decoding error: ${parsed.error.issues.map((issue) => describeIssue(issue)).join('; ')}`);
  return parsed.data as KubeadmDocument;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const where = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `unknown field "${where === '' ? key : `${where}.${key}`}"`).join('; ');
  return `${where}: ${issue.message}`;
}

export const documentOfKind = (documents: KubeadmDocument[], kind: string): KubeadmDocument | undefined => documents.find((document) => document.kind === kind);
