/** `orch export-gha`: the tasks as a workflow of GitHub's, with the actions that it uses. */
import { EXPORT_MARK, type ExportRequest, exportFile } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { inspectFile, putFile } from '../../store/index.ts';
import { type Display, openDisplay } from '../display.ts';
import { UsageError } from '../explain.ts';
import { checkFiles } from '../export/check.ts';
import { leftBehind } from '../export/left-behind.ts';
import { type ExportCommandOptions, folderOf, readRequest, typedWord } from '../export/request.ts';
import { type RepositoryFile, vendoredActions } from '../export/vendored.ts';
import { loadProject } from '../load.ts';
import { withProject } from '../project.ts';
import { showDiagnostics } from '../show-diagnostics.ts';

export async function exportGha(options: ExportCommandOptions): Promise<number> {
  return withProject(async (project) => {
    const loaded = loadProject(project, options);
    if (loaded === undefined) return EXIT.badInput;
    const { root } = project.repository;
    const request = readRequest(root, loaded.file, options);
    const made = exportFile(loaded.config, request);
    if (!made.ok) throw new UsageError(made.error);
    const { name, text, notes } = made.value;
    if (options.check !== true) showDiagnostics(notes, new Map([[loaded.file, loaded.text]]));
    const display = openDisplay();
    if (options.stdout === true) {
      display.terminal.write(text);
      return EXIT.success;
    }
    const folder = folderOf(root, options);
    const workflow = { path: folder === '' ? name : `${folder}/${name}`, text };
    const files = [workflow, ...actionsOf(request)];
    const stale = leftBehind(root, folder, { written: workflow.path, source: request.source });
    if (options.check === true) return checkFiles(display, root, { files, stale, command: request.command });
    return write(display, root, { files, stale, isForced: options.force === true });
  });
}

function actionsOf({ actions }: ExportRequest): readonly RepositoryFile[] {
  return actions.kind === 'vendored' ? vendoredActions() : [];
}

interface Writing {
  readonly files: readonly RepositoryFile[];
  readonly stale: readonly string[];
  readonly isForced: boolean;
}

/** All or none: a file that is somebody else's stops it before the first is written. */
function write({ terminal, look: { chalk } }: Display, root: HostPath, { files, stale, isForced }: Writing): number {
  const standing = new Map(files.map((file) => [file, inspectFile(root, file.path, EXPORT_MARK)] as const));
  const foreign = files.filter((file) => standing.get(file)?.kind === 'foreign');
  if (foreign.length > 0 && !isForced) {
    const paths = foreign.map(({ path }) => path).join(', ');
    throw new UsageError(`not written by an export, and left alone: ${paths}`, {
      hint: 'move it away, name another folder with --out, or overwrite it with --force',
      exitCode: EXIT.failed,
    });
  }
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
