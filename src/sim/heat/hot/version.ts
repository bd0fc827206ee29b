import { pythonStr } from '../../python-repr.js';
import { HeatError } from '../heat-error.js';

/** Release dates in order; a function belongs to every version from its own on. */
const versions = [
  '2013-05-23',
  '2014-10-16',
  '2015-04-30',
  '2015-10-15',
  '2016-04-08',
  '2016-10-14',
  '2017-02-24',
  '2017-09-01',
  '2018-03-02',
  '2018-08-31',
  '2021-04-16',
] as const;
export type HotVersion = (typeof versions)[number];

const names: Record<string, HotVersion> = {
  newton: '2016-10-14',
  ocata: '2017-02-24',
  pike: '2017-09-01',
  queens: '2018-03-02',
  rocky: '2018-08-31',
  wallaby: '2021-04-16',
};

export const isAtLeast = (version: HotVersion, oldest: HotVersion): boolean => version >= oldest;

/** Reads `heat_template_version`. Throws InvalidTemplateVersion. */
export function hotVersion(given: unknown): HotVersion {
  if (given === undefined) throw invalidVersion('Template version was not provided');
  const text = pythonStr(given);
  const version = versions.find((known) => known === text) ?? names[text];
  if (version) return version;
  const known = [...versions, ...Object.keys(names)].join(', ');
  throw invalidVersion(`"heat_template_version: ${text}". "heat_template_version" should be one of: ${known}`);
}

const invalidVersion = (explanation: string): HeatError =>
  new HeatError(400, 'InvalidTemplateVersion', `The template version is invalid: ${explanation}`);
