/** The machine's clock: monotonic, so that neither a corrected date nor a suspend counts. */
export interface SystemClock {
  /** Milliseconds from an arbitrary start. */
  now(): number;
  /** Calls once after `milliseconds`, never early; returns how to call it off. Keeps the process alive until then. */
  after(milliseconds: number, call: () => void): () => void;
  /** ISO 8601, UTC. */
  time(): string;
}

/** The longest wait a timer takes (24.8 days); longer ones are made of several. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: SystemClock = {
  now: () => performance.now(),
  after: (milliseconds, call) => {
    const due = performance.now() + milliseconds;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - performance.now();
      // A timer may fire a fraction early: then the rest is waited for.
      timer = setTimeout(() => (performance.now() < due ? arm() : call()), Math.min(Math.max(left, 0), LONGEST));
    };
    arm();
    return () => clearTimeout(timer);
  },
  time: () => new Date().toISOString(),
};
