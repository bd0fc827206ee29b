import { describe, expect, it } from '@jest/globals';
import { checkHostTools } from './host-tools.js';

describe('checkHostTools', () => {
  it('finds bash where the machines look for it', () => {
    expect(checkHostTools().bash).toMatch(/\/bash$/u);
  });

  it('names what is missing and what to install', () => {
    expect(() => checkHostTools('/nowhere')).toThrow(/bash, sh, curl, openssl.*apt-get install bash dash curl openssl coreutils$/u);
  });
});
