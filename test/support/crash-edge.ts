const pattern = process.env['TEST_CRASH_EDGE'];

/** Debugging: only cases of the crash matrix whose description matches, for example `create-infra: orchestration POST`. */
export const wantedCrashEdge: RegExp | undefined = pattern === undefined ? undefined : new RegExp(pattern);
