/** What comes from a supervisor, read as what anybody in its container may have written in its name. */
import { cutText } from '../../../shared/cut-text.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Containment } from '../../../shared/verdict.ts';
import type { ProcessExit } from '../process.ts';
import type { LimitCounts } from './limits-reached.ts';

export interface SupervisorReady {
  /** The container's environment: the image's, and what it was created with. */
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  /** The same as the engine's machine counts its users. */
  readonly hostUid: number;
  /** Of the Node that it runs on. */
  readonly version: string;
}

/** A message, whatever is in it. */
export type Loose = Readonly<Record<string, unknown>>;

function isLoose(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null;
}

export function parse(text: string): Loose {
  try {
    const value: unknown = JSON.parse(text);
    return isLoose(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

export function readReady({ env, uid, hostUid, version }: Loose): SupervisorReady {
  const entries = Object.entries(isLoose(env) ? env : {});
  return {
    env: Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
    uid: typeof uid === 'number' ? uid : 0,
    hostUid: typeof hostUid === 'number' ? hostUid : 0,
    version: typeof version === 'string' ? version : '',
  };
}

const KILLED: ProcessExit = { kind: 'signalled', signal: 'SIGKILL' };
const SIGNAL = /^SIG[A-Z0-9+-]{1,12}$/;
const LONGEST_REASON = 1000;

export function readExit(exit: unknown): ProcessExit {
  if (!isLoose(exit)) return KILLED;
  const { kind, code, signal, message } = exit;
  if (kind === 'exited' && isCount(code) && code <= 255) return { kind, code };
  if (kind === 'not-started' && typeof message === 'string') return { kind, message: cutText(message, LONGEST_REASON) };
  return kind === 'signalled' && typeof signal === 'string' && SIGNAL.test(signal) ? { kind, signal } : KILLED;
}

export function readListening(value: unknown): Result<number, string> {
  if (!isLoose(value)) return err('its container is gone');
  const { value: port, error } = value;
  if (isCount(port) && port > 0 && port <= LAST_PORT) return ok(port);
  return err(
    typeof error === 'string' ? cutText(error, LONGEST_REASON) : 'its supervisor does not answer as it should',
  );
}

const LAST_PORT = 65_535;

export function readLimits(value: unknown): LimitCounts {
  const { memory, pids } = isLoose(value) ? value : {};
  return { memory: countOf(memory), pids: countOf(pids) };
}

export function readContainment(value: unknown): Containment {
  const by: Containment['by'] = ['container'];
  const { reaped, alive } = isLoose(value) ? value : {};
  return { by, reaped: countOf(reaped), ...(countOf(alive) === 0 ? {} : { alive: countOf(alive) }) };
}

export function countOf(value: unknown): number {
  return isCount(value) ? value : 0;
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
