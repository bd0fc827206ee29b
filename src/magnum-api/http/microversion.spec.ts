import { describe, expect, it } from '@jest/globals';
import { parseMicroversion } from './microversion.js';
import { MicroversionUnsupportedError, ProtocolError } from './protocol-errors.js';

describe('parseMicroversion', () => {
  it.each([
    [undefined, 1],
    ['container-infra 1.9', 9],
    ['container-infrastructure-management 1.14', 14],
    ['Container-Infrastructure 1.1', 1],
    ['container-infra LATEST', 14],
    ['anything latest', 14],
  ])('reads %s as 1.%i', (header, minor) => {
    expect(parseMicroversion(header)).toBe(minor);
  });

  it.each(['1.9', 'compute 1.9', 'container-infra 1', 'container-infra 1.9.1', 'container-infra one.two', 'container-infra 1.9 x'])('refuses the form of %s', (header) => {
    expect(() => parseMicroversion(header)).toThrow(ProtocolError);
  });

  it.each(['container-infra 1.0', 'container-infra 1.15', 'container-infra 2.1', 'container-infra 0.5'])('has no %s', (header) => {
    expect(() => parseMicroversion(header)).toThrow(MicroversionUnsupportedError);
  });
});
