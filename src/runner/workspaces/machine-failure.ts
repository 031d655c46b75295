/** Turns what the file system says into the failure that the rest of orch knows: the disk is full, or something is gone. */
import { MachineError } from '../../shared/failure.ts';

/** The same function; an error of the operating system that leaves it is a `MachineError`. */
export function guard<Arguments extends readonly unknown[], Value>(
  work: (...args: Arguments) => Promise<Value>,
): (...args: Arguments) => Promise<Value> {
  return async (...args) => {
    try {
      return await work(...args);
    } catch (error) {
      throw isSystemError(error) ? toMachineError(error) : error;
    }
  };
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && !(error instanceof MachineError) && 'syscall' in error && 'code' in error;
}

function toMachineError(error: NodeJS.ErrnoException): MachineError {
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  const where = error.path === undefined ? '' : `: ${error.path}`;
  return full
    ? new MachineError({ code: 'disk-full', message: `the disk is full${where}` }, { cause: error })
    : new MachineError({ code: 'environment-lost', message: error.message }, { cause: error });
}
