import { z } from 'zod';
import { optional, text } from '../http/lenient-scalars.js';
import { linkSchema } from '../http/links.js';

/** `kubernetes`, `etcd`, `front-proxy` (or `front_proxy`); Magnum takes any other word for `kubernetes`. */
const typeSchema = text(255, 0).describe('kubernetes (default), etcd or front-proxy');

export const certificateQuerySchema = z.strictObject({ ca_cert_type: typeSchema.optional() });
export type CertificateQuery = z.infer<typeof certificateQuerySchema>;

export const signCertificateSchema = z
  .strictObject({
    cluster_uuid: text().describe('uuid or name of the cluster'),
    csr: z.string({ error: 'expected a certificate request in PEM' }).min(1, { error: 'expected a certificate request in PEM' }).max(65_536),
    ca_cert_type: optional(typeSchema),
    pem: z.unknown().optional().meta({ deprecated: true, description: 'Accepted and ignored' }),
  })
  .meta({ id: 'CertificateSign' });
export type SignCertificate = z.infer<typeof signCertificateSchema>;

export const certificateSchema = z
  .object({ cluster_uuid: z.string(), pem: z.string(), links: z.array(linkSchema) })
  .meta({ id: 'Certificate' });
export type CertificateView = z.infer<typeof certificateSchema>;

export const signedCertificateSchema = certificateSchema
  .extend({ csr: z.string(), ca_cert_type: z.string().optional() })
  .meta({ id: 'SignedCertificate' });
export type SignedCertificateView = z.infer<typeof signedCertificateSchema>;
