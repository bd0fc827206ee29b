import { loadK8sUbuntuDriver } from '../../drivers/k8s-ubuntu/k8s-ubuntu.driver.js';
import { loadConfig } from '../config/config.js';
import { openRuntime, readNodeApiCa } from '../process/open-runtime.js';
import { untilSignal } from '../process/until-signal.js';
import { startConductor } from './conductor.js';

const config = loadConfig(process.env);
const runtime = await openRuntime('conductor', config, [loadK8sUbuntuDriver()]);
const conductor = startConductor({ ...runtime, nodeApiCaPem: readNodeApiCa(config) });
runtime.addHealthCheck(conductor.check);
runtime.log.info({ message: 'Conductor is ready', metrics: runtime.metricsUrl, queue: runtime.queue.backend });
await untilSignal(runtime.log, config.SHUTDOWN_GRACE_SECONDS, [[conductor.close], [runtime.close]]);
