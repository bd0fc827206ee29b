/** The lab's cloud, for the tests of test/lifecycle when `npm run lab -- lifecycle` runs them. */
export interface RealCloud {
  readonly authUrl: string;
  /** Of admin. */
  readonly password: string;
  /** JEROBOAM_* that point at it. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Name of the variable that holds one as JSON. */
export const realCloudVariable = 'LIFECYCLE_CLOUD';

const text = process.env[realCloudVariable];

/** Undefined when tests run on the simulated cloud. */
export const realCloud = text ? (JSON.parse(text) as RealCloud) : undefined;

/** Real services take several times as long: every deadline of a test is multiplied by it. */
export const patience = realCloud ? 8 : 1;
