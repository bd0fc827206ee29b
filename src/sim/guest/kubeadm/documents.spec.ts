import { describe, expect, it } from '@jest/globals';
import { parseKubeadmDocuments } from './documents.js';

const parse = (text: string, minor = 32): unknown => parseKubeadmDocuments(text, '/f', minor);
const init = (version: string, body: string): string => `apiVersion: kubeadm.k8s.io/${version}\nkind: InitConfiguration\n${body}\n`;

describe('parseKubeadmDocuments', () => {
  it('takes each version with its own form of arguments', () => {
    expect(parse(init('v1beta3', 'nodeRegistration: {kubeletExtraArgs: {v: "2"}}'), 30)).toHaveLength(1);
    expect(parse(init('v1beta4', 'nodeRegistration: {kubeletExtraArgs: [{name: v, value: "2"}]}'))).toHaveLength(1);
  });

  it.each([
    { text: init('v1beta4', ''), minor: 30, says: 'unsupported API spec' },
    { text: init('v1beta3', 'timeouts: {}'), minor: 30, says: 'unknown field "timeouts"' },
    { text: init('v1beta4', 'nodeRegistration: {name: [a]}'), minor: 32, says: 'nodeRegistration.name' },
    { text: init('v1beta4', 'bootstrapTokens: [{token: abc}]'), minor: 32, says: 'bootstrapTokens.0.token' },
    { text: init('v1beta4', 'localAPIEndpoint: {bindPort: 70000}'), minor: 32, says: 'localAPIEndpoint.bindPort' },
    { text: 'kind: InitConfiguration\n', minor: 32, says: 'kind and apiVersion is mandatory' },
    { text: `${init('v1beta4', '')}---\n${init('v1beta4', '')}`, minor: 32, says: 'specified twice' },
    { text: 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDrvier: systemd\n', minor: 32, says: 'unknown field "cgroupDrvier"' },
    { text: 'a: [', minor: 32, says: 'unable to load config from /f' },
    { text: '', minor: 32, says: 'holds no document' },
  ])('refuses and names it: $says', ({ text, minor, says }) => {
    expect(() => parse(text, minor)).toThrow(says);
  });
});
