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
  const taker = new Taker(streams, onOutput);
  const closed = streams.map((stream) => {
    stream.on('data', (chunk: Uint8Array) => taker.take(chunk));
    // Reading a pipe fails only when it is gone, which `close` tells.
    stream.once('error', () => stream.destroy());
    return new Promise<true>((resolve) => {
      stream.once('close', () => resolve(true));
    });
  });
  const over = Promise.all(closed).then(() => true);
  const letGo = (): void => {
    for (const stream of streams) stream.destroy();
  };
  const settle = async (longest = Number.POSITIVE_INFINITY): Promise<void> => {
    const deadline = performance.now() + longest;
    const isOver = taker.takeRest(readNow);
    if (isOver) letGo();
    for (let before = -1; !isOver && before !== taker.touched && performance.now() < deadline; ) {
      before = taker.touched;
      const silence = afterSilence(taker.taking, quiet);
      const ended = await Promise.race([over, silence.over]);
      silence.callOff();
      if (ended) break;
    }
    await taker.taking;
    if (taker.fault !== undefined) throw taker.fault.error;
  };
  return {
    settle,
    drain: async () => {
      try {
        await settle();
      } finally {
        letGo();
      }
    },
  };
}

/** Hands chunks on, one after the other; the streams wait meanwhile. */
class Taker {
  readonly #streams: readonly Readable[];
  readonly #onOutput: (chunk: Uint8Array) => void | Promise<void>;
  #holding = 0;
  /** When the last chunk was taken. */
  taking = Promise.resolve();
  fault: { readonly error: unknown } | undefined;
  /** Grows with whatever happens. */
  touched = 0;

  constructor(streams: readonly Readable[], onOutput: (chunk: Uint8Array) => void | Promise<void>) {
    this.#streams = streams;
    this.#onOutput = onOutput;
  }

  take(chunk: Uint8Array): void {
    this.touched++;
    // After a fault the rest is read and dropped, so that the command does not hang on a full pipe.
    if (this.fault !== undefined) return;
    try {
      const taken = this.#onOutput(chunk);
      if (taken !== undefined) this.taking = this.#hold(taken);
    } catch (error) {
      this.fault = { error };
    }
  }

  /** Past the streams; what they hold or is being taken comes first. True when nobody writes any more. */
  takeRest(readNow: NonNullable<ReadingOptions['readNow']>): boolean {
    for (let reads = 0; reads < READS_AT_ONCE && this.#isFree(); reads++) {
      const part = readNow();
      if (part === 'nothing') return false;
      if (part === 'over') return true;
      this.take(part);
    }
    return false;
  }

  #isFree(): boolean {
    return this.#holding === 0 && this.#streams.every((stream) => stream.readableLength === 0 && !stream.destroyed);
  }

  async #hold(taken: Promise<void>): Promise<void> {
    this.#holding++;
    for (const stream of this.#streams) stream.pause();
    await taken.catch((error: unknown) => {
      this.fault ??= { error };
    });
    this.touched++;
    this.#holding--;
    for (const stream of this.#streams) stream.resume();
  }
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
