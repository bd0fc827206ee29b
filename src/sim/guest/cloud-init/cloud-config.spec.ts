import { describe, expect, it } from '@jest/globals';
import { parseCloudConfig } from './cloud-config.js';

const parse = (...texts: string[]): ReturnType<typeof parseCloudConfig> => parseCloudConfig(texts.map((text) => ({ kind: 'cloud-config', text, appendLists: false })));

describe('parseCloudConfig', () => {
  it('reads YAML 1.1 as PyYAML does', () => {
    const { config, problems } = parse('#cloud-config\npreserve_hostname: no\nwrite_files:\n- {path: /a, permissions: 0640}\n');
    expect(problems).toEqual([]);
    expect(config.preserve_hostname).toBe(false);
    expect(config.write_files?.[0]).toMatchObject({ path: '/a', permissions: 0o640, content: '', encoding: 'text/plain' });
  });

  it('keeps the first of two values, and joins lists when the part asks for it', () => {
    expect(parse('hostname: a', 'hostname: b').config.hostname).toBe('a');
    const parts = ['runcmd: [a]', 'runcmd: [b]'].map((text) => ({ kind: 'cloud-config' as const, text, appendLists: true }));
    expect(parseCloudConfig(parts).config.runcmd).toEqual(['a', 'b']);
  });

  it.each([
    { text: 'write_files:\n- {path: /a, mode: "0644"}', says: 'write_files.0' },
    { text: 'write_files:\n- {path: /a, permissions: "rw"}', says: 'write_files.0.permissions' },
    { text: 'write_files:\n- {path: /a, encoding: rot13}', says: 'write_files.0.encoding' },
    { text: 'runcmd: echo', says: 'runcmd' },
    { text: 'rumcmd: []', says: 'unknown key rumcmd' },
    { text: 'packages: [kubeadm]', says: 'no package source' },
    { text: '- a', says: 'not a mapping' },
    { text: 'a: [', says: 'Failed loading cloud-config' },
    { text: 'a: 1\na: 2', says: 'Failed loading cloud-config' },
  ])('names what is wrong with $text', ({ text, says }) => {
    expect(parse(text).problems.join('\n')).toContain(says);
  });
});
