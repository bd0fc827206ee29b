import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { DomainError, InvalidParameterError, NotFoundError } from '../../domain/domain-error.js';
import { secretNames } from '../../domain/secret-names.js';
import type { KeyPairPem } from '../../driver-contract/index.js';
import { signCertificateRequest } from '../../kubernetes/certificates/sign-certificate-request.js';
import { requireAllowed, type Rule } from '../access/policy.js';
import type { ClusterRow } from '../clusters/cluster.row.js';
import { ClusterStore } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import { linksTo } from '../http/links.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { CertificateView, SignCertificate, SignedCertificateView } from './certificate.schema.js';

const keyPairSchema = z.object({ certificatePem: z.string(), privateKeyPem: z.string() });

/** The cluster was accepted a moment ago; its authorities are made by the first steps of its create. */
class CertificateNotReadyError extends DomainError {
  readonly code = 'certificate-not-ready';
  constructor(reference: string) {
    super(`The certificates of cluster ${reference} are not made yet; try again in a moment.`);
  }
}

@Injectable()
export class CertificatesService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
  ) {}

  async show(asking: Asking, reference: string, type: string | null | undefined): Promise<CertificateView> {
    // Admins see the CA of their own project's clusters only.
    const cluster = await this.clusters.get(asking.caller, reference, 'own');
    this.require('certificate:get', asking, cluster);
    const { certificatePem } = await this.authority(cluster, type, reference);
    return { cluster_uuid: cluster.id, pem: certificatePem, links: linksTo(asking.base, `certificates/${cluster.id}`) };
  }

  async sign(asking: Asking, { cluster_uuid, csr, ca_cert_type }: SignCertificate): Promise<SignedCertificateView> {
    const cluster = await this.clusterToSignFor(asking, cluster_uuid);
    this.require('certificate:create', asking, cluster);
    const authority = await this.authority(cluster, ca_cert_type, cluster_uuid);
    const pem = await signCertificateRequest(authority, csr, { now: new Date() });
    const links = linksTo(asking.base, `certificates/${cluster.id}`);
    return { cluster_uuid: cluster.id, csr, pem, links, ...(ca_cert_type === null || ca_cert_type === undefined ? {} : { ca_cert_type }) };
  }

  /** Here, and only here, an unknown cluster is 400. */
  private async clusterToSignFor({ caller }: Asking, reference: string): Promise<ClusterRow> {
    try {
      return await this.clusters.get(caller, reference, 'own');
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new InvalidParameterError(`Field cluster_uuid: ${error.message}`);
    }
  }

  private require(rule: Rule, { caller }: Asking, cluster: ClusterRow): void {
    requireAllowed(rule, caller, targetOf(cluster), { strictCertificates: this.runtime.config.CERTIFICATE_ROLES_STRICT });
  }

  private async authority(cluster: ClusterRow, type: string | null | undefined, reference: string): Promise<KeyPairPem> {
    const { secrets, dataSource } = this.runtime;
    const sealed = await secrets.find(dataSource.manager, cluster.id, secretName(type));
    if (sealed === undefined) throw new CertificateNotReadyError(reference);
    return keyPairSchema.parse(JSON.parse(sealed));
  }
}

function secretName(type: string | null | undefined): string {
  switch (type) {
    case 'etcd':
      return secretNames.etcdCa;
    case 'front-proxy':
    case 'front_proxy':
      return secretNames.frontProxyCa;
    default:
      return secretNames.kubernetesCa;
  }
}
