import { describe, expect, it } from '@jest/globals';
import { splitUserData } from './user-data.js';

const multipart = (parts: string[]): string => ['Content-Type: multipart/mixed; boundary="B"', 'MIME-Version: 1.0', '', ...parts.flatMap((part) => ['--B', part]), '--B--', ''].join('\n');

describe('splitUserData', () => {
  it.each([
    { text: '#cloud-config\nruncmd: []\n', kinds: ['cloud-config'] },
    { text: '#!/bin/sh\necho\n', kinds: ['shell-script'] },
    { text: '{"ignition": {"version": "3.4.0"}}', kinds: ['ignition'] },
    { text: '#cloud-configuration\n', kinds: ['unknown'] },
    { text: '', kinds: [] },
  ])('takes $text for $kinds', ({ text, kinds }) => {
    expect(splitUserData(text).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('reads the parts of a MIME archive, whatever their encoding and line ends', () => {
    const parts = [
      'Content-Type: text/cloud-config\nContent-Transfer-Encoding: base64\nMerge-Type: list(append)\n\nI2Nsb3VkLWNvbmZpZwpob3N0bmFtZTogYQo=',
      'Content-Type: text/x-shellscript\nContent-Transfer-Encoding: quoted-printable\n\n#!/bin/sh\necho =C3=A9=\n!',
    ];
    const expected = [
      { kind: 'cloud-config', text: '#cloud-config\nhostname: a\n', appendLists: true },
      { kind: 'shell-script', text: '#!/bin/sh\necho é!' },
    ];
    expect(splitUserData(multipart(parts))).toEqual(expected);
    expect(splitUserData(multipart(parts).replaceAll('\n', '\r\n'))).toEqual(expected);
  });

  it('reads archives within archives', () => {
    expect(splitUserData(multipart([multipart(['Content-Type: text/x-shellscript\n\n#!/bin/sh']).replaceAll('B', 'C')]))).toHaveLength(1);
  });
});
