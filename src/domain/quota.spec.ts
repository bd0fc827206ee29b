import { describe, expect, it } from '@jest/globals';
import { InsufficientQuotaError } from './insufficient-quota.error.js';
import { addDemands, planShortages } from './quota.js';

describe('planShortages', () => {
  it.each([
    { when: 'it just fits', limit: 10, used: 5, held: 3, short: false },
    { when: 'one is missing', limit: 10, used: 5, held: 4, short: true },
    { when: 'there is no limit', limit: -1, used: 500, held: 4, short: false },
    { when: 'nothing at all is allowed', limit: 0, used: 0, held: 0, short: true },
    { when: 'the limit was lowered below what is used', limit: 3, used: 5, held: 0, short: true },
  ])('answers $short when $when', ({ limit, used, held, short }) => {
    const shortages = planShortages({ cores: 2 }, { cores: { limit, used } }, { cores: held });
    expect(shortages).toEqual(short ? [{ resource: 'cores', needed: 2, limit, used, held }] : []);
  });

  it('takes what no service speaks of for unlimited, and what is not needed for there', () => {
    expect(planShortages({ members: 3, cores: 0 }, { cores: { limit: 0, used: 1 } }, {})).toEqual([]);
  });
});

describe('addDemands', () => {
  it('adds by resource', () => {
    expect(addDemands([{ cores: 1, ports: 2 }, {}, { cores: 3, volumes_ssd: 1 }])).toEqual({ cores: 4, ports: 2, volumes_ssd: 1 });
  });
});

describe('InsufficientQuotaError', () => {
  it('says what is missing and how a volume type with underscores is raised', () => {
    const error = new InsufficientQuotaError('p', [{ resource: 'gigabytes_very_fast', needed: 5, limit: 4, used: 1, held: 2 }]);
    expect(error.message).toContain('gigabytes_very_fast: 5 needed, 1 available (limit 4, 1 in use, 2 held');
    expect(error.message).toContain('openstack quota set --volume-type very_fast --gigabytes 8 p');
  });
});
