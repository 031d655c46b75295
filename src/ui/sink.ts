/** What every display for people looks like to the run, and the wall that keeps its faults away from the run. */
import type { RunEvent } from '../engine/index.ts';

export interface UiSink {
  readonly name: string;
  event(event: RunEvent): void;
  /** The last line that a leg has printed, masked already. May be called as often as output comes. */
  output(leg: string, line: string): void;
  /** Shows the last screen. Resolves when all of it has been handed to the terminal; never rejects. */
  end(): Promise<void>;
}

/** Runs pieces of a display. The first that throws is remembered, and nothing runs after it. */
export interface Guard {
  run(call: () => void): void;
  readonly fault: () => string | undefined;
}

export function createGuard(): Guard {
  let fault: string | undefined;
  return {
    run(call) {
      if (fault !== undefined) return;
      try {
        call();
      } catch (error) {
        fault = error instanceof Error ? error.message : String(error);
      }
    },
    fault: () => fault,
  };
}

/** A sink that never throws; when it broke, `complain` is told at the end what became of it. */
export function guardSink(sink: UiSink, guard: Guard, complain: (line: string) => void): UiSink {
  return {
    name: sink.name,
    event: (event) => guard.run(() => sink.event(event)),
    output: (leg, line) => guard.run(() => sink.output(leg, line)),
    async end() {
      try {
        await sink.end();
      } catch (error) {
        guard.run(() => {
          throw error;
        });
      }
      const fault = guard.fault();
      if (fault !== undefined)
        complain(`orch: the ${sink.name} display stopped (${fault}); the run was not touched by that\n`);
    },
  };
}
