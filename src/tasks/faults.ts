/** Lets the parts of an action go on after one of them has failed, and remembers each failure. */
import { type Failure, MachineError } from '../shared/failure.ts';

export interface Faults {
  /** The part's value, or `otherwise` when it throws. */
  attempt<T>(what: string, part: () => Promise<T>, otherwise: T): Promise<T>;
  readonly list: readonly Failure[];
}

export function createFaults(): Faults {
  const list: Failure[] = [];
  return {
    list,
    attempt: async (what, part, otherwise) => {
      try {
        return await part();
      } catch (error) {
        list.push(faultOf(what, error));
        return otherwise;
      }
    },
  };
}

function faultOf(what: string, error: unknown): Failure {
  if (error instanceof MachineError) return { ...error.failure, message: `${what}: ${error.failure.message}` };
  return { code: 'internal', message: `${what}: ${error instanceof Error ? error.message : String(error)}` };
}
