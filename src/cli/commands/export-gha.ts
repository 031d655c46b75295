/** `orch export-gha`: the tasks as a workflow of GitHub's, with the actions that it uses. */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { type ActionSource, EXPORT_MARK, exportFile } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { EXIT } from '../../shared/exit-codes.ts';
import { shellWord } from '../../shared/shell-word.ts';
import { inspectFile, putFile } from '../../store/index.ts';
import { type Display, openDisplay } from '../display.ts';
import { UsageError } from '../explain.ts';
import { type RepositoryFile, vendoredActions } from '../export/vendored.ts';
import { type Loaded, type LoadOptions, loadProject } from '../load.ts';
import { withProject } from '../project.ts';
import { WORKFLOWS } from '../workflow/files.ts';

export interface ExportCommandOptions extends LoadOptions {
  /** From here; the repository's own folder of workflows unless said. */
  readonly out?: string;
  readonly actions: string;
  readonly event?: string;
  readonly runsOn: string;
  readonly check?: boolean;
  readonly stdout?: boolean;
  readonly force?: boolean;
}

export async function exportGha(options: ExportCommandOptions): Promise<number> {
  return withProject(async (project) => {
    const loaded = loadProject(project, options);
    if (loaded === undefined) return EXIT.badInput;
    const { root } = project.repository;
    const { workflow, actions } = filesOf(root, loaded, options);
    const display = openDisplay();
    if (options.stdout === true) {
      display.terminal.write(workflow.text);
      return EXIT.success;
    }
    const files = [workflow, ...actions];
    return options.check === true ? check(display, root, files) : write(display, root, { files, options });
  });
}

interface Files {
  readonly workflow: RepositoryFile;
  readonly actions: readonly RepositoryFile[];
}

function filesOf(root: HostPath, { file, config }: Loaded, options: ExportCommandOptions): Files {
  const source = fromRoot(root, resolve(file));
  const actions = readSource(options.actions);
  const made = exportFile(config, {
    source,
    command: commandOf(source, options),
    actions,
    events: (options.event ?? '').split(',').filter((word) => word.trim() !== ''),
    runsOn: options.runsOn.split(',').map((label) => label.trim()),
  });
  if (!made.ok) throw new UsageError(made.error);
  const { name, text } = made.value;
  const folder = options.out === undefined ? WORKFLOWS : fromRoot(root, resolve(options.out));
  return {
    workflow: { path: folder === '' ? name : `${folder}/${name}`, text },
    actions: actions.kind === 'vendored' ? vendoredActions() : [],
  };
}

/** With `/`; what lies outside of the repository is not for an export to write. */
function fromRoot(root: HostPath, path: string): string {
  const inside = relative(root, path);
  if (inside.startsWith(`..${sep}`) || inside === '..' || isAbsolute(inside))
    throw new UsageError(`${path} is outside of the repository`);
  return inside.split(sep).join('/');
}

const REMOTE = /^([\w.-]+\/[\w.-]+)@([^\s@]+)$/;

function readSource(text: string): ActionSource {
  if (text === 'vendored') return { kind: 'vendored' };
  const [, repository, ref] = REMOTE.exec(text) ?? [];
  if (repository === undefined || ref === undefined)
    throw new UsageError(`--actions wants "vendored" or OWNER/REPO@REF, not "${text}"`);
  return { kind: 'repository', repository, ref };
}

/** What somebody at the root types for the same files; what is at its default is left out. */
function commandOf(source: string, { actions, event, runsOn, out }: ExportCommandOptions): string {
  const words = [
    ...(source === DEFAULT_CONFIG ? [] : ['--config', source]),
    ...(actions === 'vendored' ? [] : ['--actions', actions]),
    ...(event === undefined ? [] : ['--event', event]),
    ...(runsOn === 'ubuntu-latest' ? [] : ['--runs-on', runsOn]),
    ...(out === undefined ? [] : ['--out', out]),
  ];
  return ['orch export-gha', ...words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellWord(word)))].join(
    ' ',
  );
}

function check({ terminal, look: { chalk } }: Display, root: HostPath, files: readonly RepositoryFile[]): number {
  const drifted = files.filter(({ path, text }) => {
    const standing = inspectFile(root, path, EXPORT_MARK);
    return standing.kind !== 'ours' || standing.text !== text;
  });
  for (const { path, text } of drifted) {
    const standing = inspectFile(root, path, EXPORT_MARK);
    if (standing.kind !== 'ours') terminal.write(`${chalk.red(standing.kind)}  ${path}\n`);
    else if (!isReadable(path)) terminal.write(`${chalk.red('drifted')}  ${path}\n`);
    else terminal.write(createTwoFilesPatch(path, path, standing.text, text, 'as it is', 'as it is to be'));
  }
  if (drifted.length === 0) {
    terminal.write(`${chalk.green('same')}  ${files.length} files are what the tasks say\n`);
    return EXIT.success;
  }
  terminal.write(`\nwrite them again: ${chalk.cyan('orch export-gha')}\n`);
  return EXIT.failed;
}

/** A diff of a bundle tells nobody anything. */
function isReadable(path: string): boolean {
  return path.endsWith('.yml');
}

interface Writing {
  readonly files: readonly RepositoryFile[];
  readonly options: ExportCommandOptions;
}

/** All or none: a file that is somebody else's stops it before the first is written. */
function write({ terminal, look: { chalk } }: Display, root: HostPath, { files, options }: Writing): number {
  const standing = new Map(files.map((file) => [file, inspectFile(root, file.path, EXPORT_MARK)] as const));
  const foreign = files.filter((file) => standing.get(file)?.kind === 'foreign');
  if (foreign.length > 0 && options.force !== true) {
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
  return EXIT.success;
}
