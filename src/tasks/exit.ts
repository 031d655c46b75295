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

/** Undefined for exit code 0. */
export function exitFailure(exit: ProcessExit, subject: string): Failure | undefined {
  switch (exit.kind) {
    case 'exited':
      return exit.code === 0
        ? undefined
        : { code: 'exit-code', message: `${subject} ended with exit code ${exit.code}` };
    case 'signalled':
      return { code: 'signal', message: `${subject} was ended by ${exit.signal}, which orch did not send` };
    case 'not-started':
      return { code: 'not-started', message: `${subject} could not be started: ${exit.message}` };
    default:
      return unreachable(exit);
  }
}
