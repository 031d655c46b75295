/** How a command that ended by itself ended, in words. */
import type { Failure } from '../shared/failure.ts';
import { unreachable } from '../shared/result.ts';
import type { ProcessExit } from './ports.ts';

/** `exit code 0`, `signal SIGKILL`. */
export function describeExit(exit: ProcessExit): string {
  switch (exit.kind) {
    case 'exited':
      return `exit code ${exit.code}`;
    case 'signalled':
      return `signal ${exit.signal}`;
    case 'not-started':
      return 'not started';
    default:
      return unreachable(exit);
  }
}

/** Undefined for exit code 0. `reached`: the limits of its sandbox that it ran into. */
export function exitFailure(exit: ProcessExit, subject: string, reached: readonly string[] = []): Failure | undefined {
  const why = reached.map((limit) => `; ${reachedLimit(limit)}`).join('');
  const hint = reached.length === 0 ? {} : { hint: 'give the task more of it under "sandbox", or let it do with less' };
  switch (exit.kind) {
    case 'exited':
      return exit.code === 0
        ? undefined
        : { code: 'exit-code', message: `${subject} ended with exit code ${exit.code}${why}`, ...hint };
    case 'signalled':
      if (exit.lost !== undefined)
        return { code: 'environment-lost', message: `${subject} was lost: ${exit.lost}${why}`, ...hint };
      return {
        code: 'signal',
        message: `${subject} was ended by ${exit.signal}, which orch did not send${why}`,
        ...hint,
      };
    case 'not-started':
      return { code: 'not-started', message: `${subject} could not be started: ${exit.message}` };
    default:
      return unreachable(exit);
  }
}

/** `the sandbox's memory limit of 512 MiB was reached`. */
export function reachedLimit(limit: string): string {
  return `the sandbox's ${limit} was reached`;
}
