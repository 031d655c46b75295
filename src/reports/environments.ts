/** The section on environments: which jobs ran for which, and where they say that it is reached. */
import { type Cell, code, prose, proseName, table } from './markdown.ts';
import type { LegView, RunView } from './view.ts';

/** Empty when no job that ran has one. */
export function environmentsSection({ legs }: RunView): string {
  const rows = legs.filter(hasRun).map((leg): Cell[] => {
    const { name = '', url } = leg.environment ?? {};
    return [prose(name, 60), proseName(leg.name), url === undefined ? '' : code(url)];
  });
  if (rows.length === 0) return '';
  const heading = '## Environments\n';
  const note = 'Nothing is deployed by orch itself, and protection rules are not applied.\n';
  return [heading, note, table(['environment', 'job', 'url'], rows)].join('\n');
}

function hasRun({ environment, requestedAt }: LegView): boolean {
  return environment !== undefined && requestedAt !== undefined;
}
