/** `orch status`: where a run stands, from any terminal. */
import { rerunCommand, shellQuote, statusOf } from '../../reports/index.ts';
import { latestRun, SUMMARY } from '../../store/index.ts';
import { renderStatus, safeJson } from '../../ui/index.ts';
import { openDisplay } from '../display.ts';
import { EXIT } from '../exit-codes.ts';
import { withProject } from '../project.ts';
import { chooseRun, readRun, type ShownRun } from '../runs.ts';

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
      const next = nextSteps(shown, latestRun(layout) === record.run);
      terminal.write(renderStatus({ ...shown, look, columns, now: Date.now(), next }));
    }
    return EXIT.success;
  });
}

/** What for, and the command. */
type Step = readonly [string, string];

function nextSteps({ run, view, state }: ShownRun, latest: boolean): Step[] {
  const logs = latest ? 'orch logs' : `orch logs --run ${run}`;
  const failed = view.legs.find(({ standing }) => standing === 'failed');
  const why: Step[] = failed === undefined ? [] : [['why', `${logs} ${shellQuote(failed.id)}`]];
  if (state !== 'finished' && state !== 'crashed') {
    const running = view.legs.find(({ standing }) => standing === 'running');
    return running === undefined ? why : [...why, ['follow', `${logs} -f ${shellQuote(running.id)}`]];
  }
  const green = view.finished?.result === 'success';
  const rerun = green ? undefined : rerunCommand(view);
  const again: Step[] = rerun === undefined ? [] : [['run again', rerun]];
  if (state === 'crashed') return [...why, ['clear up', 'orch clean'], ...again];
  return [...why, ...again, ...(latest ? [['summary', SUMMARY] as const] : [])];
}
