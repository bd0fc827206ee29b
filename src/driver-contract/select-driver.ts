import { ClusterTypeNotSupportedError } from '../domain/domain-error.js';
import type { ClusterDriver } from './index.js';

/** What is known of a template when its driver is chosen; the first of `driver`, `imageDriver`, the unique match decides. */
export interface DriverRequest {
  /** The template's `driver` field. */
  readonly driver: string | null;
  /** The image's `magnum_driver` property. */
  readonly imageDriver: string | null;
  readonly serverType: string;
  readonly osDistro: string;
  readonly coe: string;
}

/** The one driver for a cluster type; a miss or an ambiguity is refused with the choices there are. */
export function selectDriver(drivers: readonly ClusterDriver[], request: DriverRequest): ClusterDriver {
  const named = request.driver ?? request.imageDriver;
  if (named !== null) {
    const driver = drivers.find((candidate) => candidate.name === named);
    if (driver) return driver;
    const origin = request.driver === null ? "the image's property magnum_driver" : 'field driver';
    throw new ClusterTypeNotSupportedError(`There is no driver ${named} (from ${origin}). Drivers: ${list(drivers)}.`);
  }
  const { serverType, osDistro, coe } = request;
  const matches = drivers.filter((driver) =>
    driver.provides.some((type) => type.serverType === serverType && type.osDistro === osDistro && type.coe === coe),
  );
  const [match, ...others] = matches;
  const wanted = `coe ${coe}, os_distro ${osDistro}, server_type ${serverType}`;
  if (!match) {
    throw new ClusterTypeNotSupportedError(`No driver supports ${wanted}. Supported: ${describeTypes(drivers)}.`);
  }
  if (others.length > 0) {
    throw new ClusterTypeNotSupportedError(`Several drivers support ${wanted}: ${list(matches)}. Name one in the field driver.`);
  }
  return match;
}

const list = (drivers: readonly ClusterDriver[]): string => drivers.map((driver) => driver.name).join(', ') || 'none';

function describeTypes(drivers: readonly ClusterDriver[]): string {
  const types = drivers.flatMap((driver) =>
    driver.provides.map((type) => `${driver.name} (coe ${type.coe}, os_distro ${type.osDistro}, server_type ${type.serverType})`),
  );
  return types.join('; ') || 'none';
}
