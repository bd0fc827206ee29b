import { loadK8sUbuntuDriver } from '../../../drivers/k8s-ubuntu/k8s-ubuntu.driver.js';
import type { Job } from './job.js';

/** What Heat says of each template before anybody uses it; the other jobs use them all. */
export const templates: Job = {
  name: "every template passes Heat's validation",
  run: async ({ person, timed }) => {
    const texts = Object.entries(loadK8sUbuntuDriver().templates).filter(([name]) => name.endsWith('.yaml'));
    if (texts.length === 0) throw new Error('the driver has no templates');
    const files = Object.fromEntries(texts);
    for (const [name, template] of texts) await timed(name, () => person.session.must('orchestration', 'POST', '/validate', { template, files }));
  },
};
