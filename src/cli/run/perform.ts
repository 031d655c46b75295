/** A run of an orchestrator.yaml from the moment that it has its lock: performed, recorded, shown, written down. */
import { type RunStarted, startRun } from '../../engine/index.ts';
import { systemClock } from '../../runner/environments/index.ts';
import { createMasker } from '../../shared/mask.ts';
import type { RunLock } from '../../store/index.ts';
import type { UiMode } from '../../ui/index.ts';
import type { Loaded } from '../load.ts';
import type { Project } from '../project.ts';
import { composeRun } from './compose.ts';
import { type Followed, followRun } from './course.ts';
import { notify, say } from './ending.ts';
import { headerOf } from './header.ts';
import type { RunOutput } from './output.ts';
import { takeBackLoans } from './sandboxes.ts';
import type { RunOptions, RunSetup } from './setup.ts';
import { sweepStale } from './stale.ts';

export interface LockedRun {
  readonly loaded: Loaded;
  readonly setup: RunSetup;
  readonly lock: RunLock;
  readonly options: RunOptions & { readonly ui?: UiMode };
  readonly openOutput: () => RunOutput;
  /** Told at the end. */
  readonly onFinish?: string | undefined;
  /** What sets the run apart from a main run. */
  readonly marks?: Pick<RunStarted, 'stream' | 'reviewOf' | 'rerunWith'>;
}

export interface Performed extends Followed {
  readonly result: string;
}

export async function performRun(project: Project, locked: LockedRun): Promise<Performed> {
  const { loaded, setup, lock, options, marks } = locked;
  const ended = { result: '' };
  const followed = await followRun(project, {
    // It is listened on: what the system makes of a signal would leave the lock behind.
    stopped: { run: lock.info.run, release: () => lock.release() },
    ui: options.ui,
    open: async () => {
      const notices = await sweepStale(lock);
      await takeBackLoans(project);
      const output = locked.openOutput();
      const masker = createMasker(Object.values(setup.secrets));
      return {
        sink: output.sink,
        summarize: (events) => output.summarize(events),
        close: () => output.close(),
        start: async (ui, sinks) => {
          const runner = await composeRun({ project, loaded, setup, output, ui, masker });
          const mask = (text: string): string => masker.maskText(text);
          const header = { ...headerOf({ project, loaded, setup, options }), ...marks };
          // People give secrets where none belong, such as in an input.
          const masked = { ...header, command: header.command.map(mask), rerunWith: header.rerunWith?.map(mask) ?? [] };
          const run = startRun(setup.plan, { clock: systemClock, runner, sinks }, masked);
          for (const notice of notices) run.warn('stale-lock', notice);
          for (const [code, message] of setup.approval?.notices ?? []) run.warn(code, message);
          return run;
        },
        finish: async (end) => {
          ended.result = end.result;
          for (const warning of output.warnings) say(warning);
          const { onFinish: command } = locked;
          if (command === undefined) return;
          const complaint = await notify(project, setup, { ...end, command, masker });
          if (complaint !== undefined) say(complaint);
        },
      };
    },
  });
  return { ...followed, ...ended };
}
