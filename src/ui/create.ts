/** Chooses the display that fits the stream and the user's wish. */
import type { RunEvent } from '../engine/index.ts';
import type { Summary } from './final.ts';
import { createJsonUi } from './json.ts';
import { createPlainUi } from './plain.ts';
import { createQuietUi } from './quiet.ts';
import { createGuard, guardSink, type UiSink } from './sink.ts';
import { type Environment, type OutputStream, openTerminal, type Terminal } from './terminal.ts';

export type UiMode = 'live' | 'plain' | 'json' | 'quiet';

export interface UiOptions {
  /** Absent: `live` on a terminal, `plain` in a pipe and in CI. */
  readonly mode?: UiMode;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Environment;
  /** What happened before, in another process: known to the display and not shown again. */
  readonly past?: readonly RunEvent[];
  /** Asked at the end: the path of the summary, or undefined when there is none. */
  readonly summary: Summary;
}

/** A display that never throws into the run. `live` falls back to `plain` where lines cannot be redrawn. */
export async function createUi({ mode, stdout, stderr, env, past = [], summary }: UiOptions): Promise<UiSink> {
  const terminal = openTerminal(stdout, env);
  const complaints = openTerminal(stderr, env);
  const guard = createGuard();
  const chosen = mode ?? (env['CI'] ? 'plain' : 'live');
  const sink = await create(chosen === 'live' && !terminal.interactive ? 'plain' : chosen, terminal);
  return guardSink(sink, guard, (line) => complaints.write(line));

  async function create(kind: UiMode, on: Terminal): Promise<UiSink> {
    switch (kind) {
      case 'plain':
        return createPlainUi(on, summary, past);
      case 'json':
        return createJsonUi(on);
      case 'quiet':
        return told(createQuietUi(on, summary), past);
      case 'live': {
        // Loaded when it is used: listr2 costs a start-up that `orch --version` and CI need not pay.
        const { createLiveUi } = await import('./live.ts');
        return told(createLiveUi({ terminal: on, guard, summary, now: () => Date.now(), every }), past);
      }
    }
  }
}

function told(sink: UiSink, past: readonly RunEvent[]): UiSink {
  for (const event of past) sink.event(event);
  return sink;
}

function every(milliseconds: number, call: () => void): () => void {
  const timer = setInterval(call, milliseconds).unref();
  return () => clearInterval(timer);
}
