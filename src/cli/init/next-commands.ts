/** What to do after `orch init`: commands to be copied. */
import { relative } from 'node:path';
import type { HostPath } from '../../shared/brand.ts';
import type { Display } from '../display.ts';
import type { Contour } from './contours.ts';

export interface Initialized {
  readonly root: HostPath;
  readonly contours: readonly Contour[];
  /** Whether the orchestrator.yaml was made now. */
  readonly isNew: boolean;
}

type Step = readonly [command: string, what: string];

export function nextCommands({ look: { chalk } }: Display, { root, contours, isNew }: Initialized): string {
  const here = relative(root, process.cwd()) === '';
  const first: readonly Step[] =
    contours.length === 0 ? [] : [['git add -A && git commit', 'tasks start from what is committed']];
  const asked = contours.flatMap(({ next, pages = [] }): readonly Step[] =>
    isNew ? pages.map(([path]) => [path, 'say there what is to be done'] as const) : next,
  );
  const after: readonly Step[] =
    isNew || contours.length === 0 ? [['git branch --list "orch/*"', 'see what came of it']] : [];
  const steps: readonly Step[] = [
    ...first,
    ...asked,
    ['orch plan', 'see what would run'],
    ['orch run', 'run it'],
    ...after,
  ];
  const width = Math.max(...steps.map(([command]) => command.length)) + 2;
  const lines = steps.map(([command, what]) => `  ${chalk.cyan(command.padEnd(width))}${what}\n`);
  return `Next${here ? '' : ', anywhere in the repository'}:\n${lines.join('')}`;
}
