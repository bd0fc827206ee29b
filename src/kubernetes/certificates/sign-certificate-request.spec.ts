import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyPairPem } from '../../driver-contract/index.js';
import { createCa } from './certificate-authority.js';
import { CertificateRequestInvalidError, signCertificateRequest } from './sign-certificate-request.js';

const now = new Date();
let ca: KeyPairPem;
let folder: string;

/** What openssl makes, since that is what the real command line and its users send. */
const openssl = (...parameters: string[]): string => execFileSync('openssl', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });

function request(extensions: string[] = [], { key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], subject = '/O=system:masters/CN=admin' } = {}): string {
  return openssl('req', '-new', ...key, '-nodes', '-keyout', 'key.pem', '-subj', subject, ...extensions.flatMap((extension) => ['-addext', extension]));
}

async function signed(requestPem: string): Promise<{ certificate: X509Certificate; text: string }> {
  const pem = await signCertificateRequest(ca, requestPem, { now });
  writeFileSync(join(folder, 'signed.pem'), `${pem}\n`);
  return { certificate: new X509Certificate(pem), text: openssl('x509', '-in', 'signed.pem', '-noout', '-text', '-certopt', 'ext_parse') };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jeroboam-csr-'));
  ca = await createCa('my-cluster', { now });
  writeFileSync(join(folder, 'ca.pem'), ca.certificatePem);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('signCertificateRequest', () => {
  it.each([
    ['P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
    ['RSA', ['-newkey', 'rsa:2048']],
  ])('signs a request with a key of type %s, which openssl then trusts for clients', async (_, key) => {
    const { certificate } = await signed(request([], { key }));
    expect(openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', 'ca.pem', 'signed.pem')).toContain('signed.pem: OK');
    expect(certificate.publicKey.export({ type: 'spki', format: 'pem' })).toBe(openssl('pkey', '-in', 'key.pem', '-pubout'));
  });

  it('keeps the subject, names the authority, and lasts five years from yesterday', async () => {
    const { certificate } = await signed(request());
    expect(certificate.subject).toBe('O=system:masters\nCN=admin');
    expect(certificate.issuer).toBe('CN=my-cluster');
    const [from, to] = [new Date(certificate.validFrom).getTime(), new Date(certificate.validTo).getTime()];
    expect(now.getTime() - from).toBeCloseTo(86_400_000, -4);
    expect(to - from).toBe(1825 * 86_400_000);
  });

  it('answers PEM without a newline at its end', async () => {
    expect(await signCertificateRequest(ca, request(), { now })).toMatch(/^-----BEGIN CERTIFICATE-----\n[^]*-----END CERTIFICATE-----$/);
  });

  it('keeps what may be asked for', async () => {
    const { certificate, text } = await signed(
      request(['subjectAltName=DNS:example.org,IP:10.0.0.1', 'extendedKeyUsage=clientAuth,serverAuth', 'keyUsage=critical,digitalSignature,keyEncipherment,nonRepudiation']),
    );
    expect(certificate.subjectAltName).toBe('DNS:example.org, IP Address:10.0.0.1');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1']);
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature, Non Repudiation, Key Encipherment\n/);
  });

  it('clears usages that are not given', async () => {
    expect((await signed(request(['keyUsage=digitalSignature,keyCertSign,cRLSign']))).text).toMatch(/X509v3 Key Usage: *\n\s+Digital Signature\n/);
    expect((await signed(request(['keyUsage=keyCertSign']))).text).not.toContain('Key Usage');
  });

  it('makes nobody an authority', async () => {
    const { certificate, text } = await signed(request(['basicConstraints=CA:TRUE,pathlen:3']));
    expect(certificate.ca).toBe(false);
    expect(text).not.toContain('pathlen');
  });

  it('drops other extensions', async () => {
    expect((await signed(request(['nsComment=hello', 'nameConstraints=permitted;DNS:example.org']))).text).not.toMatch(/hello|Name Constraints/);
  });

  it('has one subject key identifier, the true one', async () => {
    const { text } = await signed(request(['subjectKeyIdentifier=DEADBEEF']));
    expect(text.match(/Subject Key Identifier/g)).toHaveLength(1);
    expect(text).not.toContain('DE:AD:BE:EF');
  });

  it.each([
    ['a key usage that is not given', () => request(['keyUsage=critical,keyCertSign']), /key usages/],
    ['being an authority', () => request(['basicConstraints=critical,CA:TRUE']), /authority/],
    ['another extension', () => request(['nameConstraints=critical,permitted;DNS:example.org']), /2\.5\.29\.30/],
  ])('refuses a request that insists on %s', async (_, make, message) => {
    await expect(signCertificateRequest(ca, make(), { now })).rejects.toThrow(message);
    await expect(signCertificateRequest(ca, make(), { now })).rejects.toThrow(CertificateRequestInvalidError);
  });

  it.each([
    ['nothing', () => ''],
    ['text', () => 'please sign this'],
    ['a certificate', () => ca.certificatePem],
    ['two requests', () => request() + request()],
    ['a block with other content', () => '-----BEGIN CERTIFICATE REQUEST-----\naGVsbG8=\n-----END CERTIFICATE REQUEST-----'],
    ['a block that is not base64', () => '-----BEGIN CERTIFICATE REQUEST-----\n!!!!\n-----END CERTIFICATE REQUEST-----'],
    ['a request with a changed subject', () => tampered(request())],
    ['a request with an unknown kind of key', () => request([], { key: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1'] })],
  ])('refuses %s', async (_, make) => {
    await expect(signCertificateRequest(ca, make(), { now })).rejects.toThrow(CertificateRequestInvalidError);
  });
});

/** The same request with one letter of its common name changed, and therefore a signature that does not fit. */
function tampered(pem: string): string {
  const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');
  der.write('b', der.indexOf('admin'));
  return `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
}
