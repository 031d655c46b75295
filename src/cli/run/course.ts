/** The course of a run, of tasks or of a workflow: what is shown, recorded and written down around it, in which order. */
import type { EventSink, Run, RunEnd, RunEvent } from '../../engine/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { createUi, type UiMode, type UiSink } from '../../ui/index.ts';
import type { Project } from '../project.ts';
import { attempt, forgetOldRuns, say, sayLost } from './ending.ts';
import { listenForStop, type Stopped } from './stopping.ts';

export interface Course {
  readonly stopped: Stopped;
  readonly ui: UiMode | undefined;
  /** Asked when signals are listened to: from then on the run leaves something behind. */
  readonly open: () => Promise<OpenCourse>;
  /** What is said when everything was ended at once. */
  readonly parting?: string;
}

export interface OpenCourse {
  /** What happened before this process. */
  readonly past?: readonly RunEvent[];
  /** Told of every event, before the displays. */
  readonly sink: EventSink;
  /** The path of the summary, relative to the repository's root. */
  readonly summarize: (events: readonly RunEvent[]) => Promise<string>;
  readonly start: (ui: UiSink, sinks: readonly EventSink[]) => Promise<Run>;
  /** When the last event has happened. */
  readonly close: () => Promise<void>;
  /** When everything is on paper. */
  readonly finish: (end: RunEnd & { readonly summary: string | undefined }) => Promise<void>;
}

export interface Followed {
  readonly exitCode: number;
  /** Somebody wants no more of this; the run may be cancelled for other reasons. */
  readonly stopped: boolean;
  /** For a process that goes on after the run. */
  readonly stopListening: () => void;
}

export async function followRun(project: Project, { stopped, ui: mode, open, parting }: Course): Promise<Followed> {
  const events: RunEvent[] = [];
  const state: { opened?: OpenCourse; ui?: UiSink; summary?: string | undefined } = {};
  const summarize = async (): Promise<void> => {
    const { opened } = state;
    state.summary = await attempt('the summary could not be written', async () => opened?.summarize(events));
  };
  const stopping = listenForStop(stopped, async () => {
    if (events.length > 0) await summarize();
    await attempt('the display could not be ended', async () => state.ui?.end());
    if (parting !== undefined) say(parting);
  });
  const opened = await open();
  state.opened = opened;
  events.push(...(opened.past ?? []));
  const ui = await createUi({
    ...(mode === undefined ? {} : { mode }),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    past: opened.past ?? [],
    summary: () => state.summary,
  });
  state.ui = ui;
  const shown = { name: ui.name, event: (event: RunEvent) => ui.event(event) };
  const record = { name: 'record', event: (event: RunEvent) => void events.push(event) };
  const untilTheEnd = (sink: EventSink): EventSink => ({
    ...sink,
    event: (event) => {
      if (!stopping.endsAtOnce()) sink.event(event);
    },
  });
  const run = await opened.start(ui, [opened.sink, shown, record].map(untilTheEnd));
  stopping.attach(run);
  const end = await run.done;
  // A run whose processes were ended comes to its own end too, and may be quicker: the process is about to exit.
  if (stopping.endsAtOnce()) await new Promise<never>(() => undefined);
  sayLost(end.lostSinks);
  // The journal first: it gives back the room on the disk that it kept for its end.
  await attempt('the journal could not be closed', () => opened.close());
  await summarize();
  await opened.finish({ ...end, summary: state.summary });
  for (const problem of await forgetOldRuns(project)) say(problem);
  await ui.end();
  const isLost = end.lostSinks.length > 0 || state.summary === undefined;
  const exitCode = isLost ? Math.max(end.exitCode, EXIT.failed) : end.exitCode;
  return { exitCode, stopped: stopping.asked(), stopListening: () => stopping.stopListening() };
}
