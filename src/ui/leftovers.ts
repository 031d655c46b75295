/** What runs have left on the machine, for `orch clean`. */
import { cleanText, clip } from '../reports/index.ts';
import { formatBytes } from '../shared/quantity.ts';
import type { Look } from './look.ts';

/** What one run has left. */
export interface Leftovers {
  readonly run: string;
  /** Why it is no longer needed, such as `finished`, `crashed`. */
  readonly state: string;
  readonly worktrees: readonly {
    readonly leg: string;
    readonly branch: string;
    readonly path: string;
    readonly bytes: number;
  }[];
  /** Where the jobs of a workflow had their working trees. */
  readonly clones?: { readonly path: string; readonly bytes: number };
  readonly processes: readonly { readonly pid: number; readonly command: string }[];
  /** Names of containers, networks and volumes. */
  readonly containers?: readonly string[];
  /** The lock file that it still holds. */
  readonly lock?: string;
}

/** Ends with a line end. Paths and branches are never cut, so that they can be copied. */
export function renderLeftovers(all: readonly Leftovers[], look: Look, columns: number): string {
  const { chalk } = look;
  const lines = all.flatMap((one) => [
    `${chalk.bold(one.run)} ${chalk.dim(`(${one.state})`)}`,
    ...one.worktrees.flatMap(({ leg, branch, path, bytes }) => [
      `  worktree  ${cleanText(leg)}, ${formatBytes(bytes)}, ${chalk.dim('branch')} ${cleanText(branch)}`,
      `            ${chalk.dim(cleanText(path))}`,
    ]),
    ...(one.clones === undefined
      ? []
      : [`  clones    ${formatBytes(one.clones.bytes)}`, `            ${chalk.dim(cleanText(one.clones.path))}`]),
    ...one.processes.map(
      ({ pid, command }) =>
        `  process   ${pid}  ${clip(cleanText(command), columns - 14 - `${pid}`.length, look.ellipsis)}`,
    ),
    ...(one.containers ?? []).map((name) => `  container ${cleanText(name)}`),
    ...(one.lock === undefined ? [] : [`  lock      ${cleanText(one.lock)}`]),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}
