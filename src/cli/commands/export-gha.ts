/** `orch export-gha`: the tasks as a workflow of GitHub's, with the actions that it uses. */
import { EXPORT_MARK } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { inspectFile, putFile, type Standing } from '../../store/index.ts';
import { type Display, openDisplay } from '../display.ts';
import { UsageError } from '../explain.ts';
import { checkFiles } from '../export/check.ts';
import { exportOf } from '../export/exported.ts';
import { otherSource } from '../export/left-behind.ts';
import { type ExportCommandOptions, typedWord } from '../export/request.ts';
import type { RepositoryFile } from '../export/vendored.ts';
import { loadProject } from '../load.ts';
import { withProject } from '../project.ts';
import { showDiagnostics } from '../show-diagnostics.ts';

export async function exportGha(options: ExportCommandOptions): Promise<number> {
  return withProject(async (project) => {
    const loaded = loadProject(project, options);
    if (loaded === undefined) return EXIT.badInput;
    const { root } = project.repository;
    const { request, made, files, stale } = exportOf(root, loaded, options);
    if (options.check !== true) showDiagnostics(made.notes, new Map([[loaded.file, loaded.text]]));
    const display = openDisplay();
    if (options.stdout === true) {
      display.terminal.write(made.text);
      return EXIT.success;
    }
    if (options.check === true) return checkFiles(display, root, { files, stale, command: request.command });
    return write(display, root, { files, stale, source: request.source, isForced: options.force === true });
  });
}

interface Writing {
  readonly files: readonly RepositoryFile[];
  readonly stale: readonly string[];
  /** The config, from the root. */
  readonly source: string;
  readonly isForced: boolean;
}

/** All or none: a file that is somebody else's stops it before the first is written. */
function write({ terminal, look: { chalk } }: Display, root: HostPath, writing: Writing): number {
  const { files, stale } = writing;
  const standing = new Map(files.map((file) => [file, inspectFile(root, file.path, EXPORT_MARK)] as const));
  if (!writing.isForced) leaveAlone(root, standing, writing.source);
  for (const file of files) {
    const now = standing.get(file);
    const isSame = now?.kind === 'ours' && now.text === file.text;
    if (!isSame) putFile(root, file.path, file.text);
    terminal.write(`${isSame ? chalk.dim('same ') : chalk.green('wrote')}  ${file.path}\n`);
  }
  for (const path of stale)
    terminal.write(
      `${chalk.yellow('stale')}  ${path} is of another name of these tasks; remove it: git rm ${typedWord(path)}\n`,
    );
  return EXIT.success;
}

/** Throws `UsageError` when one of the files is somebody else's. */
function leaveAlone(root: HostPath, standing: ReadonlyMap<RepositoryFile, Standing>, source: string): void {
  const foreign = [...standing].filter(([, { kind }]) => kind === 'foreign').map(([{ path }]) => path);
  if (foreign.length > 0)
    throw new UsageError(`not written by an export, and left alone: ${foreign.join(', ')}`, {
      hint: 'move it away, name another folder with --out, or overwrite it with --force',
      exitCode: EXIT.failed,
    });
  for (const [{ path }, now] of standing) {
    const other = now.kind === 'ours' ? otherSource(root, now.text, source) : undefined;
    if (other !== undefined)
      throw new UsageError(`${path} is the export of ${other}, and left alone`, {
        hint: 'give one of both another "name", or overwrite it with --force',
        exitCode: EXIT.failed,
      });
  }
}
