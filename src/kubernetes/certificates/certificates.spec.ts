import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyPairPem } from '../../driver-contract/index.js';
import { caCertHash, createCa, issueClientCertificate, issueServerCertificate } from './certificate-authority.js';
import { createServiceAccountKey } from './keys.js';

const now = new Date('2026-03-01T12:00:00Z');

describe('createCa', () => {
  let ca: KeyPairPem;
  let certificate: X509Certificate;
  beforeAll(async () => {
    ca = await createCa('my-cluster', { now });
    certificate = new X509Certificate(ca.certificatePem);
  });

  it('signs itself with a P-256 key that fits', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(ca.privateKeyPem))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
    expect(ca.privateKeyPem).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
  });

  it('is an authority named after the cluster, for five years from yesterday', () => {
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe('CN=my-cluster');
    expect(certificate.issuer).toBe('CN=my-cluster');
    expect(new Date(certificate.validFrom)).toEqual(new Date('2026-02-28T12:00:00Z'));
    expect(new Date(certificate.validTo)).toEqual(new Date('2031-02-27T12:00:00Z'));
  });

  it('has another serial number and key each time', async () => {
    const other = new X509Certificate((await createCa('my-cluster', { now })).certificatePem);
    expect(other.serialNumber).not.toBe(certificate.serialNumber);
    expect(other.fingerprint256).not.toBe(certificate.fingerprint256);
  });

  it.each(['CN=admin,O=system:masters', 'a, b + c = "d"', '#0c04', 'Ünïcode', '\\2c'])('takes %j for a name and nothing else', async (name) => {
    const { subject } = new X509Certificate((await createCa(name, { now })).certificatePem).toLegacyObject();
    expect(subject).toEqual({ CN: name });
  });

  it('shortens a name that X.509 has no room for', async () => {
    const { subject } = new X509Certificate((await createCa('n'.repeat(242), { now })).certificatePem);
    expect(subject).toBe(`CN=${'n'.repeat(64)}`);
  });

  it('has a hash that is the one of its public key', () => {
    expect(caCertHash(ca.certificatePem)).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('caCertHash', () => {
  it('is what openssl and kubeadm make of the same certificate', () => {
    // openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256
    const pem = `-----BEGIN CERTIFICATE-----
MIIBgDCCASegAwIBAgIURMIzqRrlfASm/VEONYzqaIh5dxIwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjAxODExMDVaGA8yMTI2MTAy
NzE4MTEwNVowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABDMgUtsJWf6XxmMBzalNiqvuzheucAWLfxB3repIl9kEL4NRlbA4
dNOh7ULtDuWRvS79zlF7Iu7Hw8LYNmYZ36OjUzBRMB0GA1UdDgQWBBSEoimwUvB1
UbCw94widnsK3yLV5zAfBgNVHSMEGDAWgBSEoimwUvB1UbCw94widnsK3yLV5zAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIFkBidJkiUa0I+1y+M4D
WYQNuj+i5P0YZDOQfdjOHCbNAiAICb5YVGdFZViQ1MI0iLtf2A8oNOyZvoeFTz0w
0AC6bA==
-----END CERTIFICATE-----
`;
    expect(caCertHash(pem)).toBe('sha256:ca8b9bffdaf01053fe0635a491bf9ca41f4eb37fcba4ad753b0cde09ca237448');
  });
});

describe('issued certificates', () => {
  let ca: KeyPairPem;
  beforeAll(async () => {
    ca = await createCa('my-cluster', { now });
  });

  it('name a client and its group', async () => {
    const admin = await issueClientCertificate(ca, { commonName: 'admin', organization: 'system:masters', days: 1, now });
    const certificate = new X509Certificate(admin.certificatePem);
    expect(certificate.subject).toBe('O=system:masters\nCN=admin');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']); // clientAuth
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
    expect(certificate.checkIssued(new X509Certificate(ca.certificatePem))).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(admin.privateKeyPem))).toBe(true);
    expect(new Date(certificate.validTo)).toEqual(now);
  });

  it('name a server by its addresses and names', async () => {
    const server = await issueServerCertificate(ca, { commonName: 'node-api', names: ['127.0.0.1', '::1', 'localhost'], days: 30, now });
    const certificate = new X509Certificate(server.certificatePem);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBeDefined();
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('example.org')).toBeUndefined();
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']); // serverAuth
  });
});

describe('createServiceAccountKey', () => {
  it('is an RSA pair as kubeadm writes it', async () => {
    const { publicKeyPem, privateKeyPem } = await createServiceAccountKey();
    expect(privateKeyPem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
    expect(publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' })).toBe(publicKeyPem);
    expect(createPublicKey(publicKeyPem).asymmetricKeyDetails?.modulusLength).toBe(2048);
  });
});
