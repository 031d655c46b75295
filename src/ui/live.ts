/** The live display: a line a task, redrawn in place until the run is over. */
import { Listr, type ListrRendererFactory } from 'listr2';
import type { RunEvent } from '../engine/index.ts';
import { cleanText, createRunFold, type RunFold, wrapText } from '../reports/index.ts';
import { renderFinal, runLine, type Summary } from './final.ts';
import { renderFrame, rowMaker } from './frame.ts';
import { lookOf, paintOf } from './look.ts';
import { createScreen, type Screen } from './screen.ts';
import type { Guard, UiSink } from './sink.ts';
import type { Terminal } from './terminal.ts';

const FRAME = 100;
/** Longer lists are cut to what failed when the run is over; the summary has them all. */
const LISTED = 60;

export interface LiveOptions {
  readonly terminal: Terminal;
  readonly guard: Guard;
  readonly summary: Summary;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls again and again every so many milliseconds, without keeping the process alive; returns how to end it. */
  readonly every: (milliseconds: number, call: () => void) => () => void;
}

export function createLiveUi(options: LiveOptions): UiSink {
  const { terminal, guard, summary, now } = options;
  const look = lookOf(terminal);
  const screen = createScreen(terminal);
  const fold = createRunFold();
  const outputs = new Map<string, string>();
  const tasks = createTaskList(fold, screen, { ...options, draw });
  let tick = 0;

  function draw(): void {
    tick += 1;
    screen.draw(renderFrame({ view: fold.view(), outputs, ...terminal.size(), now: now(), tick, look }));
  }

  return {
    name: 'live',
    event(event) {
      fold.add(event);
      if (event.type === 'run.started') {
        terminal.write(`${wrapText(runLine(event), terminal.size().columns - 1).join('\n')}\n`);
        tasks.start(event.jobs.map(({ id }) => id));
      }
      if (event.type === 'warning')
        screen.print(paintOf(look, 'warning')(`${look.marks.warning} ${cleanText(event.message)}`));
      tasks.settle(event);
    },
    output(leg, line) {
      outputs.set(leg, line.slice(0, 1000));
    },
    async end() {
      await tasks.end();
      guard.run(() => {
        const view = fold.view();
        const { columns } = terminal.size();
        const row = rowMaker({ view, outputs: new Map(), columns, now: now(), tick, look });
        const listed = view.legs.length <= LISTED ? view.legs : [];
        terminal.write(
          [...listed.map(row), ...renderFinal({ view, look, columns, summary })].map((line) => `${line}\n`).join(''),
        );
      });
      await terminal.flush();
    },
  };
}

interface TaskList {
  start(jobs: readonly string[]): void;
  settle(event: RunEvent): void;
  end(): Promise<void>;
}

/**
 * listr2 knows the jobs as its tasks and nothing of what they do: each waits until the job has ended. It tells the
 * display when to begin and when to end. Its own renderer would draw every task at once, however small the terminal.
 */
function createTaskList(fold: RunFold, screen: Screen, options: LiveOptions & { readonly draw: () => void }): TaskList {
  // What each of listr2's tasks waits for; '' outlasts the jobs, since the run itself may have more to tell.
  const pending = new Map<string, { readonly done: Promise<void>; readonly settle: () => void }>();
  let listr: Promise<unknown> | undefined;
  return {
    start(jobs) {
      for (const id of ['', ...jobs]) pending.set(id, deferred());
      const tasks = Array.from(pending, ([id, { done }]) => ({ title: id, task: () => done }));
      listr = new Listr(tasks, {
        concurrent: true,
        exitOnError: false,
        // Signals are the command line's to answer; listr2 would end the process.
        registerSignalListeners: false,
        renderer: rendererOn(screen, options),
      }).run();
    },
    settle(event) {
      if (event.type !== 'job.finished' && event.type !== 'job.skipped') return;
      const open = fold.view().legs.some((leg) => leg.job === event.job && leg.conclusion === undefined);
      if (!open) pending.get(event.job)?.settle();
    },
    async end() {
      for (const { settle } of pending.values()) settle();
      await listr;
    },
  };
}

function deferred(): { readonly done: Promise<void>; readonly settle: () => void } {
  let settle = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { done, settle: () => settle() };
}

function rendererOn(
  screen: Screen,
  { terminal, guard, every, draw }: LiveOptions & { readonly draw: () => void },
): ListrRendererFactory {
  return class LiveRenderer {
    static rendererOptions: Record<PropertyKey, never> = {};
    static rendererTaskOptions: Record<PropertyKey, never> = {};
    // Whether there is a terminal has been decided before; listr2 would look at process.stdout.
    static nonTTY = true;
    #stop: (() => void)[] = [];

    render(): void {
      const again = (): void => guard.run(draw);
      again();
      this.#stop = [every(FRAME, again), terminal.onResize(again)];
    }

    end(): void {
      for (const stop of this.#stop) stop();
      guard.run(() => screen.clear());
    }
  };
}
