/** `orch export-gha --check`: whether what is committed is what would be written. */
import { createTwoFilesPatch } from 'diff';
import { EXPORT_MARK, readHeader } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { inspectFile, type Standing } from '../../store/index.ts';
import type { Display } from '../display.ts';
import { typedWord } from './request.ts';
import type { RepositoryFile } from './vendored.ts';

export interface Checking {
  /** The workflow first. */
  readonly files: readonly RepositoryFile[];
  /** Paths of workflows that were left behind. */
  readonly stale: readonly string[];
  /** What writes the files. */
  readonly command: string;
}

/** The exit code. */
export function checkFiles(display: Display, root: HostPath, { files, stale, command }: Checking): number {
  const { terminal, look } = display;
  const { chalk } = look;
  const drifted = driftOf(root, files);
  for (const file of drifted) terminal.write(describeDrift(file, chalk));
  for (const path of stale) terminal.write(`${chalk.red('stale')}  ${path} is of another name of these tasks\n`);
  if (drifted.length === 0 && stale.length === 0) {
    terminal.write(`${chalk.green('same')}  ${files.length} files are what the tasks say\n`);
    return EXIT.success;
  }
  const [workflow] = files;
  const before = otherCommand(root, { files, command });
  if (before !== undefined)
    terminal.write(`\n${workflow?.path} was written with other options; check it with them:\n  ${before} --check\n`);
  if (drifted.length > 0) terminal.write(`\nwrite them again:\n  ${chalk.cyan(command)}\n`);
  if (stale.length > 0)
    terminal.write(`\nremove what was left behind:\n  ${chalk.cyan(`git rm ${stale.map(typedWord).join(' ')}`)}\n`);
  return EXIT.failed;
}

export interface Drifted extends RepositoryFile {
  /** What stands in its place. */
  readonly standing: Standing;
}

/** The files that are otherwise in the repository than they would be written. */
export function driftOf(root: HostPath, files: readonly RepositoryFile[]): readonly Drifted[] {
  return files
    .map((file) => ({ ...file, standing: inspectFile(root, file.path, EXPORT_MARK) }))
    .filter(({ standing, text }) => standing.kind !== 'ours' || standing.text !== text);
}

/** The command that has written the workflow which is there, when that is another one. */
export function otherCommand(
  root: HostPath,
  { files: [workflow], command }: Pick<Checking, 'files' | 'command'>,
): string | undefined {
  const before = workflow && commandBefore(inspectFile(root, workflow.path, EXPORT_MARK));
  return before === command ? undefined : before;
}

function describeDrift({ path, text, standing }: Drifted, chalk: Display['look']['chalk']): string {
  if (standing.kind !== 'ours') return `${chalk.red(standing.kind)}  ${path}\n`;
  if (!isReadable(path)) return `${chalk.red('drifted')}  ${path}\n`;
  return createTwoFilesPatch(path, path, standing.text, text, 'as it is', 'as it is to be');
}

/** A diff of a bundle tells nobody anything. */
function isReadable(path: string): boolean {
  return path.endsWith('.yml');
}

function commandBefore(standing: Standing): string | undefined {
  return standing.kind === 'ours' ? readHeader(standing.text)?.command : undefined;
}
