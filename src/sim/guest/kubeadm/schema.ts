import { z } from 'zod';

/** The kinds of group kubeadm.k8s.io as the two versions in use spell them; unknown fields are refused by `kubeadm config validate` and here always. */
const duration = z.string().regex(/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/u, 'is not a duration such as 5m0s');
const taint = z.strictObject({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
  timeAdded: z.string().nullish(),
});
/** v1beta3: a map; v1beta4: a list, in which a flag may repeat. */
const argumentMap = z.record(z.string(), z.string());
const argumentList = z.array(z.strictObject({ name: z.string().min(1), value: z.string() }));
const hostPathMount = z.strictObject({ name: z.string().min(1), hostPath: z.string(), mountPath: z.string(), readOnly: z.boolean().optional(), pathType: z.string().optional() });
const environmentList = z.array(z.looseObject({ name: z.string() }));
const ttl = z.union([duration, z.literal('0')]);
const bootstrapToken = z.strictObject({
  token: z.string().regex(/^[a-z0-9]{6}\.[a-z0-9]{16}$/u, 'the bootstrap token is not of the form "[a-z0-9]{6}.[a-z0-9]{16}"'),
  description: z.string().optional(),
  ttl: ttl.optional(),
  expires: z.string().optional(),
  usages: z.array(z.enum(['signing', 'authentication'])).optional(),
  groups: z.array(z.string().regex(/^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/u)).optional(),
});
const localApiEndpoint = z.strictObject({ advertiseAddress: z.string().optional(), bindPort: z.int().min(1).max(65_535).optional() });
const patches = z.strictObject({ directory: z.string().optional() });
const networking = z.strictObject({ serviceSubnet: z.string().optional(), podSubnet: z.string().optional(), dnsDomain: z.string().optional() });
const externalEtcd = z.strictObject({ endpoints: z.array(z.string()).min(1), caFile: z.string().optional(), certFile: z.string().optional(), keyFile: z.string().optional() });
const timeouts = z.strictObject(
  Object.fromEntries(
    ['controlPlaneComponentHealthCheck', 'kubeletHealthCheck', 'kubernetesAPICall', 'etcdAPICall', 'tlsBootstrap', 'discovery', 'upgradeManifests'].map((name) => [name, duration.optional()]),
  ),
);

const component = <Args extends z.ZodType>(args: Args) => ({ extraArgs: args.optional(), extraVolumes: z.array(hostPathMount).optional() });

function kinds<Args extends z.ZodType>(args: Args, isV4: boolean) {
  const ifV4 = <Shape extends z.ZodRawShape>(shape: Shape): Partial<Shape> => (isV4 ? shape : {});
  const ifV3 = <Shape extends z.ZodRawShape>(shape: Shape): Partial<Shape> => (isV4 ? {} : shape);
  const environment = ifV4({ extraEnvs: environmentList.optional() });
  const nodeRegistration = z.strictObject({
    name: z.string().optional(),
    criSocket: z.string().optional(),
    taints: z.array(taint).nullish(),
    kubeletExtraArgs: args.optional(),
    ignorePreflightErrors: z.array(z.string()).optional(),
    imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
    ...ifV4({ imagePullSerial: z.boolean().optional() }),
  });
  const localEtcd = z.strictObject({
    imageRepository: z.string().optional(),
    imageTag: z.string().optional(),
    dataDir: z.string().startsWith('/').optional(),
    extraArgs: args.optional(),
    serverCertSANs: z.array(z.string()).optional(),
    peerCertSANs: z.array(z.string()).optional(),
    ...environment,
  });
  const typeMeta = { apiVersion: z.string(), kind: z.string() };
  const common = { skipPhases: z.array(z.string()).optional(), patches: patches.optional(), ...ifV4({ dryRun: z.boolean().optional(), timeouts: timeouts.optional() }) };
  return {
    ClusterConfiguration: z.strictObject({
      ...typeMeta,
      etcd: z.strictObject({ local: localEtcd.optional(), external: externalEtcd.optional() }).optional(),
      networking: networking.optional(),
      kubernetesVersion: z.string().optional(),
      controlPlaneEndpoint: z.string().optional(),
      apiServer: z.strictObject({ ...component(args), ...environment, certSANs: z.array(z.string()).optional(), ...ifV3({ timeoutForControlPlane: duration.optional() }) }).optional(),
      controllerManager: z.strictObject({ ...component(args), ...environment }).optional(),
      scheduler: z.strictObject({ ...component(args), ...environment }).optional(),
      dns: z.strictObject({ imageRepository: z.string().optional(), imageTag: z.string().optional(), ...ifV4({ disabled: z.boolean().optional() }) }).optional(),
      certificatesDir: z.string().startsWith('/').optional(),
      imageRepository: z.string().optional(),
      featureGates: z.record(z.string(), z.boolean()).optional(),
      clusterName: z.string().optional(),
      ...ifV4({
        proxy: z.strictObject({ disabled: z.boolean().optional() }).optional(),
        encryptionAlgorithm: z.enum(['RSA-2048', 'RSA-3072', 'RSA-4096', 'ECDSA-P256', 'ECDSA-P384']).optional(),
        certificateValidityPeriod: duration.optional(),
        caCertificateValidityPeriod: duration.optional(),
      }),
    }),
    InitConfiguration: z.strictObject({
      ...typeMeta,
      bootstrapTokens: z.array(bootstrapToken).optional(),
      nodeRegistration: nodeRegistration.optional(),
      localAPIEndpoint: localApiEndpoint.optional(),
      certificateKey: z.string().optional(),
      ...common,
    }),
    JoinConfiguration: z.strictObject({
      ...typeMeta,
      nodeRegistration: nodeRegistration.optional(),
      caCertPath: z.string().startsWith('/').optional(),
      discovery: z.strictObject({
        bootstrapToken: z
          .strictObject({
            token: bootstrapToken.shape.token,
            apiServerEndpoint: z.string().min(1),
            caCertHashes: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/u, 'is not of the form sha256:<64 hex digits>')).optional(),
            unsafeSkipCAVerification: z.boolean().optional(),
          })
          .optional(),
        file: z.strictObject({ kubeConfigPath: z.string() }).optional(),
        tlsBootstrapToken: z.string().optional(),
        ...ifV3({ timeout: duration.optional() }),
      }),
      controlPlane: z.strictObject({ localAPIEndpoint: localApiEndpoint.optional(), certificateKey: z.string().optional() }).nullish(),
      ...common,
    }),
    ...ifV4({
      ResetConfiguration: z.strictObject({
        ...typeMeta,
        certificatesDir: z.string().optional(),
        cleanupTmpDir: z.boolean().optional(),
        criSocket: z.string().optional(),
        dryRun: z.boolean().optional(),
        force: z.boolean().optional(),
        ignorePreflightErrors: z.array(z.string()).optional(),
        skipPhases: z.array(z.string()).optional(),
        unmountFlags: z.array(z.string()).optional(),
        timeouts: timeouts.optional(),
      }),
    }),
  };
}

export const v1beta3 = kinds(argumentMap, false);
export const v1beta4 = kinds(argumentList, true);

/** A duration of these schemas in milliseconds. */
export function durationMs(text: string): number {
  const factors: Record<string, number> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/gu)].reduce((sum, [, count, unit]) => sum + Number(count) * (factors[unit ?? ''] ?? 0), 0);
}
