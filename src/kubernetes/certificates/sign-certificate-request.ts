import 'reflect-metadata'; // x509's container refuses to load without it
import { PemConverter, Pkcs10CertificateRequest, type Extension } from '@peculiar/x509';
import { DomainError } from '../../domain/domain-error.js';
import type { KeyPairPem } from '../../driver-contract/index.js';
import { defaultTermDays, signCertificate } from './certificate.js';
import { filterExtensions } from './requested-extensions.js';

/** What somebody wants signed is no certificate request, or asks for more than is given. */
export class CertificateRequestInvalidError extends DomainError {
  override readonly code = 'certificate-request-invalid';
  constructor(because: string, options?: ErrorOptions) {
    super(`The certificate request is not accepted: ${because}.`, options);
  }
}

/**
 * Signs a request (PEM; RSA or EC key) with its subject as it is. PEM without a newline at its end, as Magnum answers it.
 * Throws CertificateRequestInvalidError.
 */
export async function signCertificateRequest(
  ca: KeyPairPem,
  requestPem: string,
  { now, days = defaultTermDays }: { readonly now: Date; readonly days?: number },
): Promise<string> {
  const request = parseRequest(requestPem);
  if (!(await isSignedByItsKey(request))) throw new CertificateRequestInvalidError('its signature does not fit its key');
  const filtered = filterExtensions(extensionsOf(request));
  if (filtered.kind === 'refused') throw new CertificateRequestInvalidError(filtered.because);
  const { subjectName: subject, publicKey } = request;
  return signCertificate(ca, { subject, publicKey, extensions: filtered.extensions, now, days });
}

function parseRequest(pem: string): Pkcs10CertificateRequest {
  const blocks = parsing('it is not PEM', () => PemConverter.decodeWithHeaders(pem));
  const [block, ...others] = blocks;
  // Older tools write NEW CERTIFICATE REQUEST.
  if (!block || others.length > 0 || !/^(NEW )?CERTIFICATE REQUEST$/.test(block.type)) {
    throw new CertificateRequestInvalidError('one PEM block of type CERTIFICATE REQUEST is expected');
  }
  return parsing('its content is not PKCS #10', () => new Pkcs10CertificateRequest(block.rawData));
}

const extensionsOf = (request: Pkcs10CertificateRequest): readonly Extension[] =>
  parsing('its extensions cannot be read', () => request.extensions);

/** The library throws plain errors of many kinds for bytes that are not what they should be. */
function parsing<Result>(problem: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw new CertificateRequestInvalidError(problem, { cause: error });
  }
}

/** A key or algorithm that WebCrypto does not know cannot be verified, and what is not verified is not signed. */
async function isSignedByItsKey(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch (error) {
    throw new CertificateRequestInvalidError('its key or signature algorithm is not supported (RSA, or EC on P-256, P-384, P-521)', { cause: error });
  }
}
