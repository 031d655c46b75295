/**
 * The mark in the environment of everything that a run starts: `ORCH_TASK_COOKIE_<level>=<run>:<uuid>`. A child keeps
 * it through new sessions and double forks. Each level of orch within orch has a variable of its own, so that an
 * inner one does not hide its processes from the outer one.
 */
import { randomUUID } from 'node:crypto';

const NAME = /^ORCH_TASK_COOKIE_(\d+)$/;
const PREFIX = 'ORCH_TASK_COOKIE_';

export interface Cookie {
  /** What `/proc/<pid>/environ` shows: name and value. */
  readonly entry: string;
  /** This cookie and those of the levels above, to be put into a child's environment. */
  readonly variables: Readonly<Record<string, string>>;
}

type Environ = Readonly<Record<string, string | undefined>>;

/** A new cookie one level below those of `inherited`, the environment that orch itself runs in. */
export function bakeCookie(run: string, inherited: Environ): Cookie {
  return cookieBaker(run, inherited)();
}

/** The same, for many: an environment is looked through once. */
export function cookieBaker(run: string, inherited: Environ): () => Cookie {
  const above: Record<string, string> = {};
  let level = 0;
  for (const [name, value] of Object.entries(inherited)) {
    const digits = NAME.exec(name)?.[1];
    if (digits === undefined || value === undefined) continue;
    above[name] = value;
    level = Math.max(level, Number(digits));
  }
  const name = `${PREFIX}${level + 1}`;
  return () => {
    const value = `${run}:${randomUUID()}`;
    return { entry: `${name}=${value}`, variables: { ...above, [name]: value } };
  };
}

/** The cookie entries in a block of NUL-separated environment entries. */
export function cookiesIn(environ: Buffer): readonly string[] {
  // Most processes carry none: spare them the decoding.
  if (!environ.includes(PREFIX)) return [];
  return environ
    .toString('latin1')
    .split('\0')
    .filter((entry) => NAME.test(entry.slice(0, Math.max(0, entry.indexOf('=')))));
}

/** Whether what has this environment was started by the run, by whatever way. */
export function isStartedBy(run: string, environ: Environ): boolean {
  return Object.entries(environ).some(([name, value]) => NAME.test(name) && value?.startsWith(`${run}:`) === true);
}

/** Whether a cookie entry was baked for the run. */
export function isOfRun(entry: string, run: string): boolean {
  return entry.slice(entry.indexOf('=') + 1).startsWith(`${run}:`);
}
