/** `orch status`: where a run stands, from any terminal. */
import { rerunCommand, shellQuote } from '../../reports/index.ts';
import { latestRun, type RunRecord, SUMMARY } from '../../store/index.ts';
import { renderStatus, safeJson } from '../../ui/index.ts';
import { openDisplay } from '../display.ts';
import { EXIT } from '../exit-codes.ts';
import { withProject } from '../project.ts';
import { chooseRun, readStatus, type ShownStatus } from '../runs.ts';

export interface StatusOptions {
  readonly run: string | undefined;
  readonly format: 'text' | 'json';
}

export async function status({ run, format }: StatusOptions): Promise<number> {
  return withProject(async ({ layout }) => {
    const record = chooseRun(layout, run);
    const view = await readStatus(record);
    const { terminal, look, columns } = openDisplay();
    const next = nextSteps(view, record, latestRun(layout) === record.run);
    terminal.write(
      format === 'json' ? `${safeJson(view)}\n` : renderStatus({ view, look, columns, now: Date.now(), next }),
    );
    return EXIT.success;
  });
}

/** What for, and the command. */
type Step = readonly [string, string];

function nextSteps(view: ShownStatus, { started }: RunRecord, latest: boolean): Step[] {
  const logs = latest ? 'orch logs' : `orch logs --run ${view.run}`;
  const failed = view.legs.find(({ result }) => result === 'failure');
  const why: Step[] = failed === undefined ? [] : [['why', `${logs} ${shellQuote(failed.leg)}`]];
  if (view.state !== 'finished' && view.state !== 'crashed') {
    const running = view.legs.find(({ state }) => state === 'running');
    return running === undefined ? why : [...why, ['follow', `${logs} -f ${shellQuote(running.leg)}`]];
  }
  const green = view.state === 'finished' && view.result === 'success';
  const rerun = green || started === undefined ? undefined : rerunCommand({ started });
  const again: Step[] = rerun === undefined ? [] : [['run again', rerun]];
  if (view.state === 'crashed') return [...why, ['clear up', 'orch clean'], ...again];
  return [...why, ...again, ...(latest ? [['summary', SUMMARY] as const] : [])];
}
