/** The log of a leg as its frame needs it: opened, told of, and a signal for when it is lost. */
import type { Failure } from '../../shared/failure.ts';
import type { Masker } from '../../shared/mask.ts';
import type { Closed } from './frame.ts';
import { type JobLog, openJobLog } from './job-log.ts';

/** Where the log of a leg goes: a file that is not there yet, its name for people, and whom to tell that it is. */
export type LogOf = (leg: string) => { readonly path: string; readonly shown: string; readonly published: () => void };

export interface LogSettings {
  readonly masker: Masker;
  readonly logOf: LogOf;
  /** The last line that a leg has printed. */
  readonly onLine: (leg: string, line: string) => void;
}

export interface OpenLog {
  readonly log: JobLog;
  readonly lost: AbortSignal;
  readonly close: () => Promise<Closed>;
}

/** A job whose log is lost cannot show what it did: it is ended, and fails for that. `goesOn`: it has one already. */
export async function openLog({ masker, logOf, onLine }: LogSettings, leg: string, goesOn = false): Promise<OpenLog> {
  const { path, shown, published } = logOf(leg);
  const lost = new AbortController();
  let failure: Failure | undefined;
  const log = await openJobLog({
    path,
    goesOn,
    masker,
    onLine: (line) => onLine(leg, line),
    onFailure: (error) => {
      failure = error.failure;
      lost.abort({ reason: 'journal-lost', message: error.failure.message });
    },
  });
  published();
  return {
    log,
    lost: lost.signal,
    close: async () => {
      const { bytes, sha256 } = await log.close();
      const closed = { log: { path: shown, bytes, sha256 } };
      return failure === undefined ? closed : { ...closed, failure };
    },
  };
}
