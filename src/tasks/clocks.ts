/** Watches a running command: three clocks, the room on its disks and the job's cancellation, whichever comes first. */
import type { Failure } from '../shared/failure.ts';
import { formatDuration, formatSize } from '../shared/quantity.ts';
import { unreachable } from '../shared/result.ts';
import { cancelReason } from './cancellation.ts';
import { type Sample, startIdleClock } from './idle-clock.ts';
import type { Clock } from './ports.ts';
import { type FullDisk, type SpaceWatchRequest, startSpaceWatch } from './space-watch.ts';

/** Milliseconds; an absent clock does not run. */
export interface Limits {
  readonly whole: number;
  readonly idle?: number;
  readonly startup?: number;
}

/** Why orch ends a command. */
export type Ending =
  | { readonly by: 'timeout' | 'idle-timeout' | 'startup-timeout'; readonly limit: number }
  | ({ readonly by: 'disk-full' } & FullDisk)
  | { readonly by: 'cancelled'; readonly reason: string };

export interface Watch {
  /** Resolves when the command has to be ended, or never. */
  readonly ended: Promise<Ending>;
  /** The command has written something. */
  output(): void;
  /** Calls everything off. */
  stop(): void;
}

export interface WatchRequest {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly limits: Limits;
  readonly sample: () => Promise<Sample>;
  /** Disks that it may fill; none are watched where it is absent. */
  readonly space?: Pick<SpaceWatchRequest, 'paths' | 'measure'>;
}

export function watchClocks({ clock, signal, limits, sample, space }: WatchRequest): Watch {
  let end: (ending: Ending) => void = () => undefined;
  const ended = new Promise<Ending>((resolve) => {
    end = resolve;
  });
  const onAbort = () => end({ by: 'cancelled', reason: cancelReason(signal) });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  const { whole, idle, startup } = limits;
  const stopWhole = clock.after(whole, () => end({ by: 'timeout', limit: whole }));
  let stopStartup: (() => void) | undefined;
  if (startup !== undefined) stopStartup = clock.after(startup, () => end({ by: 'startup-timeout', limit: startup }));
  const idleClock =
    idle === undefined
      ? undefined
      : startIdleClock({ clock, limit: idle, sample, expire: () => end({ by: 'idle-timeout', limit: idle }) });

  const stopSpace = space && startSpaceWatch({ clock, ...space, expire: (full) => end({ by: 'disk-full', ...full }) });

  return {
    ended,
    output: () => {
      stopStartup?.();
      stopStartup = undefined;
      idleClock?.output();
    },
    stop: () => {
      signal.removeEventListener('abort', onAbort);
      stopWhole();
      stopStartup?.();
      idleClock?.stop();
      stopSpace?.();
    },
  };
}

/** The failure that an ending means, for a command that `subject` names. */
export function endingFailure(ending: Ending, subject: string): Failure {
  switch (ending.by) {
    case 'cancelled':
      return { code: 'cancelled', message: ending.reason };
    case 'timeout':
      return { code: 'timeout', message: `${subject} was ended: it ran longer than ${formatDuration(ending.limit)}` };
    case 'idle-timeout':
      return {
        code: 'idle-timeout',
        message: `${subject} was ended: no output, no changed file and no use of the processor for ${formatDuration(ending.limit)}`,
      };
    case 'startup-timeout':
      return {
        code: 'startup-timeout',
        message: `${subject} was ended: no output within ${formatDuration(ending.limit)} of its start`,
      };
    case 'disk-full':
      return {
        code: 'disk-full',
        message: `${subject} was ended: less than ${formatSize(ending.reserve)} is free where ${ending.path} is, and other tasks need that too`,
        hint: 'free some space: `orch clean` removes what earlier runs have left',
      };
    default:
      return unreachable(ending);
  }
}
