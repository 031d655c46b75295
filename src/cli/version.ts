/** The version of the package, put in by the build. */
declare const ORCH_VERSION: string;

export const VERSION = ORCH_VERSION;
