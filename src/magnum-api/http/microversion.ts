import type { FastifyReply } from 'fastify';
import { MicroversionUnsupportedError, ProtocolError } from './protocol-errors.js';

export const minorMin = 1;
export const minorMax = 14;

/** Words a client may name the service by in `OpenStack-API-Version: <service> <version>`. */
const serviceNames = new Set(['container-infrastructure-management', 'container-infrastructure', 'container-infra']);
const serviceName = 'container-infrastructure-management';

export const versionHeaders = {
  effective: 'OpenStack-API-Version',
  minimum: 'OpenStack-API-Minimum-Version',
  maximum: 'OpenStack-API-Maximum-Version',
} as const;

/**
 * The minor version a request asks for. No header means 1.1; with `latest` Magnum does not look at the service word.
 * Throws ProtocolError (406) on a header of another form and MicroversionUnsupportedError on a version we do not have.
 */
export function parseMicroversion(header: string | undefined): number {
  if (header === undefined || header.trim() === '') return minorMin;
  const words = header.trim().split(/\s+/);
  const [service, version] = words;
  if (words.length !== 2 || service === undefined || version === undefined) throw malformed(header, 'expected two words');
  if (version.toLowerCase() === 'latest') return minorMax;
  if (!serviceNames.has(service.toLowerCase())) throw malformed(header, `unknown service ${service}`);
  const match = /^(\d+)\.(\d+)$/.exec(version);
  if (!match) throw malformed(header, `${version} is no version`);
  const minor = Number(match[2]);
  if (Number(match[1]) !== 1 || minor < minorMin || minor > minorMax) throw new MicroversionUnsupportedError(version, `1.${minorMin}`, `1.${minorMax}`);
  return minor;
}

const malformed = (header: string, problem: string): ProtocolError =>
  new ProtocolError('not-acceptable', `Header ${versionHeaders.effective} '${header}': ${problem}; send '${serviceName} 1.${minorMax}' or '${serviceName} latest'.`);

/** The headers that tell a client which version answered (or which it asked for in vain), and which there are. */
export function announceMicroversion(reply: FastifyReply, version: string): void {
  reply
    .header(versionHeaders.effective, `${serviceName} ${version}`)
    .header(versionHeaders.minimum, `${serviceName} 1.${minorMin}`)
    .header(versionHeaders.maximum, `${serviceName} 1.${minorMax}`)
    .header('Vary', versionHeaders.effective);
}

/** Magnum's router answers 404, 405 and 406 without version headers. */
export function retractMicroversion(reply: FastifyReply): void {
  for (const header of [...Object.values(versionHeaders), 'Vary']) reply.removeHeader(header);
}
