/** `orch status`: where a run stands, from any terminal. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  approvalCommands,
  pauseCommands,
  pauseScope,
  rerunCommand,
  shellQuote,
  statusOf,
} from '../../reports/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { newestRun } from '../../store/index.ts';
import { renderStatus, safeJson } from '../../ui/index.ts';
import { openDisplay } from '../display.ts';
import { withProject } from '../project.ts';
import { chooseRun, readRun, type ShownRun, summaryPath } from '../runs.ts';

export interface StatusOptions {
  readonly run: string | undefined;
  readonly format: 'text' | 'json';
}

export async function status({ run, format }: StatusOptions): Promise<number> {
  return withProject(async ({ layout }) => {
    const record = chooseRun(layout, run);
    const shown = await readRun(record);
    const { terminal, look, columns } = openDisplay();
    if (format === 'json') {
      const status = statusOf(shown.view, { run: shown.run, lost: shown.state === 'crashed' });
      terminal.write(`${safeJson(status)}\n`);
    } else {
      const next = nextSteps(shown, {
        newest: newestRun(layout)?.run === record.run,
        summary: existsSync(join(layout.root, summaryPath(layout, record))) ? summaryPath(layout, record) : undefined,
      });
      terminal.write(renderStatus({ ...shown, look, columns, now: Date.now(), next }));
    }
    return EXIT.success;
  });
}

/** What for, and the command. */
type Step = readonly [string, string];

interface Whereabouts {
  readonly newest: boolean;
  readonly summary: string | undefined;
}

function whyOf({ legs }: ShownRun['view'], logs: string): Step[] {
  const failed = legs.find(({ standing }) => standing === 'failed');
  return failed === undefined ? [] : [['why', `${logs} ${shellQuote(failed.id)}`]];
}

function lookAt({ legs }: ShownRun['view']): readonly Step[] {
  return legs.flatMap(({ paused }): Step[] =>
    paused === undefined ? [] : [['look', `sh ${shellQuote(paused.enter)}`]],
  );
}

function pauseSteps(view: ShownRun['view'], lost: boolean): Step[] {
  const [retry, abort] = pauseCommands(view, { lost });
  if (retry === undefined || abort === undefined) return [];
  const scope = pauseScope(view, lost);
  return [...lookAt(view), ['go on', retry], ['end it', abort], ...(scope === undefined ? [] : [['', scope] as const])];
}

function nextSteps({ run, view, state }: ShownRun, { newest, summary }: Whereabouts): Step[] {
  const logs = newest ? 'orch logs' : `orch logs ${run}`;
  const why = whyOf(view, logs);
  const paused = pauseSteps(view, state === 'crashed');
  if (paused.length > 0) return paused;
  if (state !== 'finished' && state !== 'crashed') {
    const running = view.legs.find(({ standing }) => standing === 'running');
    return running === undefined ? why : [...why, ['follow', `${logs} -f ${shellQuote(running.id)}`]];
  }
  const green = view.finished?.result === 'success';
  const rerun = green ? undefined : rerunCommand(view);
  const again: Step[] = rerun === undefined ? [] : [['run again', rerun]];
  if (state === 'crashed') return [...why, ['clear up', 'orch clean'], ...again];
  const approval = approvalCommands(view);
  const gate: Step[] = approval === undefined ? [] : [['approve it', approval.approve]];
  return [...why, ...again, ...gate, ...(summary === undefined ? [] : [['summary', summary] as const])];
}
