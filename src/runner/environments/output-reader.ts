/** Takes a command's output off its pipe, no faster than the taker can. */
import type { Readable } from 'node:stream';

export interface OutputReader {
  /**
   * Waits until everything written so far was taken, then lets go of the pipe. To be called when the writers have
   * ended; one that escaped and holds the pipe open delays it by `quiet` milliseconds of silence only.
   * Rejects with what `onOutput` threw.
   */
  drain(): Promise<void>;
  /**
   * The same, and goes on reading. After `longest` milliseconds it waits no more for who never falls silent: what was
   * written before the call has been taken by then. Rejects like `drain`.
   */
  settle(longest?: number): Promise<void>;
}

export interface ReadingOptions {
  /** Milliseconds of silence; 200 when absent. */
  readonly quiet?: number;
  /** What there is in the only stream's pipe, past the stream and without waiting: it saves a turn of the event loop. */
  readonly readNow?: () => Uint8Array | 'nothing' | 'over';
}

const QUIET = 200;
/** A pipe holds a mebibyte at the most; whoever fills it all the time is heard like any other. */
const READS_AT_ONCE = 16;

export function readOutput(
  streams: readonly Readable[],
  onOutput: (chunk: Uint8Array) => void | Promise<void>,
  { quiet = QUIET, readNow = () => 'nothing' }: ReadingOptions = {},
): OutputReader {
  let taking = Promise.resolve();
  let fault: { readonly error: unknown } | undefined;
  let touched = 0;
  let holding = 0;
  const hold = async (taken: Promise<void>): Promise<void> => {
    holding++;
    for (const stream of streams) stream.pause();
    await taken.catch((error: unknown) => {
      fault ??= { error };
    });
    touched++;
    holding--;
    for (const stream of streams) stream.resume();
  };
  const take = (chunk: Uint8Array): void => {
    touched++;
    // After a fault the rest is read and dropped, so that the command does not hang on a full pipe.
    if (fault !== undefined) return;
    try {
      const taken = onOutput(chunk);
      if (taken !== undefined) taking = hold(taken);
    } catch (error) {
      fault = { error };
    }
  };
  const closed = streams.map((stream) => {
    stream.on('data', take);
    // Reading a pipe fails only when it is gone, which `close` tells.
    stream.once('error', () => stream.destroy());
    return new Promise<true>((resolve) => {
      stream.once('close', () => resolve(true));
    });
  });
  /** Whether nobody writes any more, and all was taken. */
  const takeRest = (): boolean => {
    for (let reads = 0; reads < READS_AT_ONCE; reads++) {
      const isFree = holding === 0 && streams.every((stream) => stream.readableLength === 0 && !stream.destroyed);
      const part = isFree ? readNow() : 'nothing';
      if (part === 'nothing') return false;
      if (part === 'over') {
        for (const stream of streams) stream.destroy();
        return true;
      }
      take(part);
    }
    return false;
  };
  const over = Promise.all(closed).then(() => true);
  const settle = async (longest = Number.POSITIVE_INFINITY): Promise<void> => {
    const deadline = performance.now() + longest;
    const isOver = takeRest();
    for (let before = -1; !isOver && before !== touched && performance.now() < deadline; ) {
      before = touched;
      const silence = afterSilence(taking, quiet);
      const ended = await Promise.race([over, silence.over]);
      silence.callOff();
      if (ended) break;
    }
    await taking;
    if (fault !== undefined) throw fault.error;
  };
  return {
    settle,
    drain: async () => {
      try {
        await settle();
      } finally {
        for (const stream of streams) stream.destroy();
      }
    },
  };
}

/** False after the taker is done with the last chunk and `quiet` milliseconds have passed. */
function afterSilence(taking: Promise<void>, quiet: number): { readonly over: Promise<false>; callOff(): void } {
  let timer: NodeJS.Timeout | undefined;
  const wait = (): Promise<false> =>
    new Promise((resolve) => {
      timer = setTimeout(() => resolve(false), quiet).unref();
    });
  // A step's output mostly ends at once: a timer for each would go off in the midst of the steps behind it.
  return { over: taking.then(wait), callOff: () => clearTimeout(timer) };
}
