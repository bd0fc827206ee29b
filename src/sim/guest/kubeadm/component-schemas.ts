import { z } from 'zod';

/** Fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1) whose type is checked. */
const typedKubeletFields = {
  address: z.string(), authentication: z.looseObject({}), authorization: z.looseObject({}), cgroupDriver: z.enum(['systemd', 'cgroupfs']), clusterDNS: z.array(z.string()), clusterDomain: z.string(),
  containerRuntimeEndpoint: z.string(), cpuManagerPolicy: z.string(), evictionHard: z.record(z.string(), z.string()), evictionSoft: z.record(z.string(), z.string()), failSwapOn: z.boolean(),
  featureGates: z.record(z.string(), z.boolean()), healthzBindAddress: z.string(), healthzPort: z.int(), imageGCHighThresholdPercent: z.int(), imageGCLowThresholdPercent: z.int(),
  kubeReserved: z.record(z.string(), z.string()), maxPods: z.int().min(1), nodeStatusUpdateFrequency: z.string(), podPidsLimit: z.int(), port: z.int(), protectKernelDefaults: z.boolean(), providerID: z.string(),
  readOnlyPort: z.int(), registerNode: z.boolean(), registerWithTaints: z.array(z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.string() })), resolvConf: z.string(), rotateCertificates: z.boolean(),
  serializeImagePulls: z.boolean(), serverTLSBootstrap: z.boolean(), shutdownGracePeriod: z.string(), shutdownGracePeriodCriticalPods: z.string(), staticPodPath: z.string(), systemReserved: z.record(z.string(), z.string()),
  tlsCipherSuites: z.array(z.string()), tlsMinVersion: z.string(),
};
const otherKubeletFields =
  'allowedUnsafeSysctls cgroupRoot cgroupsPerQOS configMapAndSecretChangeDetectionStrategy containerLogMaxFiles containerLogMaxSize contentType cpuCFSQuota cpuCFSQuotaPeriod cpuManagerPolicyOptions cpuManagerReconcilePeriod crashLoopBackOff enableControllerAttachDetach enableDebuggingHandlers enableServer enforceNodeAllocatable eventBurst eventRecordQPS evictionMaxPodGracePeriod evictionMinimumReclaim evictionPressureTransitionPeriod evictionSoftGracePeriod fileCheckFrequency hairpinMode httpCheckFrequency imageMaximumGCAge imageMinimumGCAge imageServiceEndpoint iptablesDropBit iptablesMasqueradeBit kernelMemcgNotification kubeAPIBurst kubeAPIQPS kubeReservedCgroup kubeletCgroups localStorageCapacityIsolation logging makeIPTablesUtilChains maxOpenFiles maxParallelImagePulls memoryManagerPolicy memorySwap memoryThrottlingFactor nodeLeaseDurationSeconds nodeStatusMaxImages nodeStatusReportFrequency oomScoreAdj podCIDR podLogsDir podsPerCore qosReserved registryBurst registryPullQPS reservedMemory reservedSystemCPUs runOnce runtimeRequestTimeout seccompDefault showHiddenMetricsForVersion shutdownGracePeriodByPodPriority staticPodURL staticPodURLHeader streamingConnectionIdleTimeout syncFrequency systemCgroups systemReservedCgroup tlsCertFile tlsPrivateKeyFile topologyManagerPolicy topologyManagerPolicyOptions topologyManagerScope tracing userNamespaces volumePluginDir volumeStatsAggPeriod enableProfilingHandler enableContentionProfiling enableSystemLogHandler enableSystemLogQuery failCgroupV1';
const proxyFields =
  'bindAddress bindAddressHardFail clientConnection clusterCIDR config configSyncPeriod conntrack detectLocal detectLocalMode enableProfiling featureGates healthzBindAddress hostnameOverride iptables ipvs logging metricsBindAddress mode nftables nodePortAddresses oomScoreAdj portRange showHiddenMetricsForVersion winkernel windowsRunAsService';

const optional = (names: string): Record<string, z.ZodOptional<z.ZodUnknown>> => Object.fromEntries(names.split(' ').map((name) => [name, z.unknown().optional()]));
const typeMeta = { apiVersion: z.string(), kind: z.string() };

export const kubeletConfiguration = z.strictObject({ ...typeMeta, ...optional(otherKubeletFields), ...z.object(typedKubeletFields).partial().shape });
export const kubeProxyConfiguration = z.strictObject({ ...typeMeta, ...optional(proxyFields), mode: z.enum(['', 'iptables', 'ipvs', 'nftables', 'kernelspace']).optional(), clusterCIDR: z.string().optional() });
