/** What a lock file says, and whether whoever wrote it is still there. */
import type { ProcessProbe } from './process-probe.ts';
import { readSmallFile } from './safe-files.ts';

export interface LockInfo {
  readonly run: string;
  readonly pid: number;
  /** When the process began, as its system writes it; empty when unknown. */
  readonly processStart: string;
  readonly boot: string;
  readonly namespace: string;
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly started: string;
}

/** A lock file as found. `info` is missing when the file is empty, damaged, or no regular file. */
export interface LockFile {
  readonly path: string;
  readonly text: string;
  readonly info?: LockInfo;
  readonly modified: number;
}

export type Holder =
  | { readonly state: 'there' }
  /** Cannot be told from here, so it counts as there. */
  | { readonly state: 'unknown'; readonly why: string }
  | { readonly state: 'gone'; readonly why: string };

const SIZE_LIMIT = 16_384;
/** A damaged lock younger than this may be one that is being written where the disk knows no hard links. */
const SETTLED = 2_000;
/** What is shown to people must not steer their terminal. */
const PLAIN = /^[^\p{Cc}\p{Cf}\u2028\u2029]{0,256}$/u;

export function describeSelf(run: string, probe: ProcessProbe, now: Date): LockInfo {
  const self = probe.startOf(process.pid);
  return {
    run,
    pid: process.pid,
    processStart: self.gone ? '' : self.start,
    boot: probe.boot,
    namespace: probe.namespace,
    host: probe.host,
    started: now.toISOString(),
  };
}

export function formatLockInfo(info: LockInfo): string {
  return `${JSON.stringify(info)}\n`;
}

/** Undefined for what orch did not write. */
export function parseLockInfo(text: string): LockInfo | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isLockInfo(value) ? value : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

const TEXTS = [
  'run',
  'processStart',
  'boot',
  'namespace',
  'host',
  'started',
] as const satisfies readonly (keyof LockInfo)[];

/** Whether it is all that a lock says of a process, whatever else it may be. */
export function isLockInfo(value: unknown): value is LockInfo {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const pid = fields['pid'];
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return false;
  return TEXTS.every((name) => isPlain(fields[name]));
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && PLAIN.test(value);
}

export function readLockFile(path: string): LockFile | undefined {
  const found = readSmallFile(path, SIZE_LIMIT);
  if (found === undefined) return undefined;
  const text = found.text ?? '';
  const info = parseLockInfo(text);
  return { path, text, modified: found.modified, ...(info === undefined ? {} : { info }) };
}

/** Whether the process that wrote `info` still runs. A process of another machine or container cannot be asked. */
export function holderOf(info: LockInfo, probe: ProcessProbe): Holder {
  if (info.host !== probe.host) {
    return {
      state: 'unknown',
      why: `it belongs to another machine (${info.host}), whose processes cannot be seen from here`,
    };
  }
  if (info.boot !== '' && probe.boot !== '' && info.boot !== probe.boot)
    return { state: 'gone', why: 'the machine was restarted since' };
  if (info.namespace !== probe.namespace) {
    return { state: 'unknown', why: 'it belongs to another container, whose processes cannot be seen from here' };
  }
  const found = probe.startOf(info.pid);
  if (found.gone) return { state: 'gone', why: `its process ${info.pid} is gone` };
  const known = found.start !== '' && info.processStart !== '';
  if (known && found.start !== info.processStart) {
    return { state: 'gone', why: `the number of its process, ${info.pid}, belongs to another process now` };
  }
  return { state: 'there' };
}

/** The same question for a lock file, damaged ones included. `now` is in milliseconds since 1970. */
export function holderOfFile(file: LockFile, probe: ProcessProbe, now: number): Holder {
  if (file.info !== undefined) return holderOf(file.info, probe);
  // A time far ahead comes from a clock that was set back, and says nothing about age.
  const settled = Math.abs(now - file.modified) > SETTLED;
  return settled
    ? { state: 'gone', why: 'the file is empty or damaged' }
    : { state: 'unknown', why: 'the file is being written' };
}
