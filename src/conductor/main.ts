import { loadK8sUbuntuDriver } from '../../drivers/k8s-ubuntu/k8s-ubuntu.driver.js';
import { loadConfig } from '../config/config.js';
import { ClusterClientFactory } from '../kubernetes/cluster-client-factory.js';
import { clusterClientOptions } from '../kubernetes/cluster-client-options.js';
import { openRuntime, readNodeApiCa } from '../process/open-runtime.js';
import { untilSignal } from '../process/until-signal.js';
import { startConductor } from './conductor.js';

const config = loadConfig(process.env);
const runtime = await openRuntime('conductor', config, [loadK8sUbuntuDriver()]);
const clusters = new ClusterClientFactory(clusterClientOptions(config));
const conductor = startConductor({ ...runtime, clusters, nodeApiCaPem: readNodeApiCa(config) });
runtime.log.info({ message: 'Conductor is ready', queue: runtime.queue.backend });
await untilSignal(runtime.log, config.SHUTDOWN_GRACE_SECONDS, [() => conductor.close(), () => clusters.close(), runtime.close]);
