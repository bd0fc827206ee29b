import { loadK8sUbuntuDriver } from '../../drivers/k8s-ubuntu/k8s-ubuntu.driver.js';
import { loadConfig } from '../config/config.js';
import { startNodeApi } from '../node-api/start-node-api.js';
import { openRuntime } from '../process/open-runtime.js';
import { untilSignal } from '../process/until-signal.js';
import { startMagnumApi } from './start-magnum-api.js';

const config = loadConfig(process.env);
const runtime = await openRuntime('magnum-api', config, [loadK8sUbuntuDriver()]);
const magnumApi = await startMagnumApi(runtime);
const nodeApi = await startNodeApi(runtime);
runtime.log.info({ message: 'Ready', ready: true, api: magnumApi.url, nodeApi: nodeApi.url, metrics: runtime.metricsUrl });
await untilSignal(runtime.log, config.SHUTDOWN_GRACE_SECONDS, [[magnumApi.close, nodeApi.close], [runtime.close]]);
