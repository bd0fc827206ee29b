import 'reflect-metadata'; // x509's container refuses to load without it
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, type Extension } from '@peculiar/x509';

const identifiers = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
} as const;

const allowedUsages = KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation | KeyUsageFlags.keyEncipherment;

export type FilteredExtensions =
  | { readonly kind: 'granted'; readonly extensions: readonly Extension[] }
  | { readonly kind: 'refused'; readonly because: string };

/**
 * What of a request's extensions goes into the certificate: Magnum's rules. What is not allowed is left out, unless the
 * requester called it critical: then the request is refused, because "critical" means "not without it".
 */
export function filterExtensions(requested: readonly Extension[]): FilteredExtensions {
  const extensions: Extension[] = [];
  const seen = new Set<string>();
  for (const extension of requested) {
    if (seen.has(extension.type)) return refuse(`extension ${extension.type} is there twice`);
    seen.add(extension.type);
    const filtered = filterExtension(extension);
    if (filtered.kind === 'refused') return filtered;
    extensions.push(...filtered.extensions);
  }
  return { kind: 'granted', extensions };
}

const refuse = (because: string): FilteredExtensions => ({ kind: 'refused', because });
const grant = (...extensions: Extension[]): FilteredExtensions => ({ kind: 'granted', extensions });

function filterExtension(extension: Extension): FilteredExtensions {
  switch (extension.type) {
    case identifiers.keyUsage:
      return filterKeyUsage(new KeyUsagesExtension(extension.rawData));
    case identifiers.basicConstraints:
      return filterBasicConstraints(new BasicConstraintsExtension(extension.rawData));
    case identifiers.subjectAltName:
    case identifiers.extendedKeyUsage:
      return grant(extension);
    case identifiers.subjectKeyIdentifier:
      return grant(); // every certificate gets the one that its key makes
    default:
      return extension.critical ? refuse(`the critical extension ${extension.type} is not allowed`) : grant();
  }
}

function filterKeyUsage(extension: KeyUsagesExtension): FilteredExtensions {
  if ((extension.usages & ~allowedUsages) === 0) return grant(extension);
  if (extension.critical) return refuse('of key usages, only digital signature, key encipherment and content commitment are allowed');
  const granted = extension.usages & allowedUsages;
  // An extension without any usage would be no valid one.
  return hasUsage(granted) ? grant(new KeyUsagesExtension(granted, false)) : grant();
}

const hasUsage = (usages: number): usages is KeyUsageFlags => usages !== 0;

function filterBasicConstraints(extension: BasicConstraintsExtension): FilteredExtensions {
  if (!extension.ca) return grant(extension);
  if (extension.critical) return refuse('a certificate authority is not allowed');
  return grant(new BasicConstraintsExtension(false, undefined, false));
}
