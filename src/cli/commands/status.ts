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

function nextSteps(view: ShownStatus, { started }: RunRecord, latest: boolean): (readonly [string, string])[] {
  const of = latest ? '' : ` --run ${view.run}`;
  const failed = view.legs.find(({ result }) => result === 'failure');
  const running = view.legs.find(({ state }) => state === 'running');
  const rerun = started === undefined ? undefined : rerunCommand({ started });
  const over = view.state === 'finished' || view.state === 'crashed';
  const green = view.state === 'finished' && view.result === 'success';
  return [
    ...(failed === undefined ? [] : [['why', `orch logs${of} ${shellQuote(failed.leg)}`] as const]),
    ...(over || running === undefined ? [] : [['follow', `orch logs${of} -f ${shellQuote(running.leg)}`] as const]),
    ...(view.state === 'crashed' ? [['clear up', 'orch clean'] as const] : []),
    ...(over && !green && rerun !== undefined ? [['run again', rerun] as const] : []),
    ...(view.state === 'finished' && latest ? [['summary', SUMMARY] as const] : []),
  ];
}
