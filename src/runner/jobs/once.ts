/** Work that several ask for and one does. */
import type { Failure } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';

export type Once<T> = (name: string, work: () => Promise<Result<T, Failure>>) => Promise<Result<T, Failure>>;

/** What failed is done again for whoever asks next. */
export function createOnce<T>(): Once<T> {
  const known = new Map<string, Promise<Result<T, Failure>>>();
  return async (name, work) => {
    const running = known.get(name) ?? work();
    known.set(name, running);
    try {
      const result = await running;
      if (!result.ok) known.delete(name);
      return result;
    } catch (error) {
      known.delete(name);
      throw error;
    }
  };
}
