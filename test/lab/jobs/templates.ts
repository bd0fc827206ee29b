import { clusterSpec, driver, group, infraOutputs } from '../../k8s-ubuntu/cluster-fixture.js';
import type { Job } from './job.js';

/** What Heat says of each template before anybody uses it; the other jobs use them all. */
export const templates: Job = {
  name: "every template passes Heat's validation",
  run: async ({ person, timed }) => {
    const texts = Object.entries(driver.templates).filter(([name]) => name.endsWith('.yaml'));
    if (texts.length === 0) throw new Error('the driver has no templates');
    const member = { index: 0, nodeName: 'shown', serverId: null };
    const files = driver.renderGroup(clusterSpec({ templates: driver.templates }), group('worker'), infraOutputs, [member]).files ?? {};
    for (const [name, template] of texts) await timed(name, () => person.session.must('orchestration', 'POST', '/validate', { template, files }));
  },
};
