import { loadK8sUbuntuDriver } from '../../drivers/k8s-ubuntu/k8s-ubuntu.driver.js';
import { startConductor } from '../conductor/conductor.js';
import { loadConfig } from '../config/config.js';
import { startMagnumApi } from '../magnum-api/start-magnum-api.js';
import { startNodeApi } from '../node-api/start-node-api.js';
import { openRuntime, readNodeApiCa } from '../process/open-runtime.js';
import { untilSignal } from '../process/until-signal.js';

// Every server role in one process: for a small installation and for `npm start`.
const config = loadConfig(process.env);
const runtime = await openRuntime('jeroboam', config, [loadK8sUbuntuDriver()]);
const nodeApi = await startNodeApi(runtime);
const magnumApi = await startMagnumApi(runtime);
const conductor = startConductor({ ...runtime, nodeApiCaPem: readNodeApiCa(config) });
runtime.addHealthCheck(conductor.check);
runtime.log.info({ message: 'Jeroboam is ready', api: magnumApi.url, nodeApi: nodeApi.url, metrics: runtime.metricsUrl, queue: runtime.queue.backend });
// The conductor stops beside the listeners: a slow request must not let it begin turns until the grace is over.
await untilSignal(runtime.log, config.SHUTDOWN_GRACE_SECONDS, [[magnumApi.close, nodeApi.close, conductor.close], [runtime.close]]);
