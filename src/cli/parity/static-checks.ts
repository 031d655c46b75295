/** What `orch parity` finds out without running anything. */
import type { ExportedFile } from '../../orchestrator/index.ts';
import { checkPortability, type Script, whereTheyDiffer } from '../../parity/index.ts';
import { plural } from '../../reports/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { SourceRange } from '../../shared/source.ts';
import type { Node, ScalarNode } from '../../workflow/index.ts';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { type Drifted, driftOf, otherCommand } from '../export/check.ts';
import type { Exported } from '../export/exported.ts';
import type { RepositoryFile } from '../export/vendored.ts';
import type { Loaded } from '../load.ts';
import type { ParityCheck } from './check.ts';

/** Whether the files of the export are what the tasks say. `tree`: by path, what git has or would take of the working tree. */
export function checkDrift(
  root: HostPath,
  { files, stale, request: { command } }: Exported,
  tree: ReadonlyMap<string, string>,
): ParityCheck {
  const drifted = driftOf(root, files);
  const ignored = files.filter(({ path }) => !tree.has(path) && !drifted.some((one) => one.path === path));
  const wrong: readonly Diagnostic[] = [
    ...drifted.map((file) => say(file.path, WHY[file.standing.kind], firstLineOf(file))),
    ...stale.map((path) => say(path, 'belongs to another name of these tasks')),
    ...ignored.map(({ path }) => say(path, 'git ignores it, so GitHub will not have it')),
  ];
  if (wrong.length === 0) {
    const seen = `the ${files.length} files of the export are what the tasks say`;
    return { name: 'files', state: 'good', seen, diagnostics: [] };
  }
  const isAre = wrong.length === 1 ? 'is' : 'are';
  return {
    name: 'files',
    state: 'bad',
    seen: `${plural(wrong.length, 'file')} of the export ${isAre} not what the tasks say`,
    ...hintOf(root, { files, command, drifted }),
    diagnostics: wrong,
  };
}

interface Hinting {
  readonly files: Exported['files'];
  readonly command: string;
  readonly drifted: readonly Drifted[];
}

/** Nothing of what git ignores, or a name has left behind, would be mended by writing the export again. */
function hintOf(root: HostPath, { files, command, drifted }: Hinting): { readonly hint?: string } {
  if (drifted.length === 0) return {};
  const before = otherCommand(root, { files, command });
  if (before !== undefined) return { hint: `written by other options: ${before}; give them to orch parity too` };
  const again = drifted.some(({ standing }) => standing.kind === 'foreign') ? `${command} --force` : command;
  return { hint: `${command} --check shows how they differ, ${again} writes them again` };
}

function say(file: string, message: string, line?: number): Diagnostic {
  const start = line === undefined ? undefined : { line, column: 1 };
  const at = start === undefined ? { file } : { file, range: { start, end: start } };
  return { severity: 'error', code: 'drifted', message, at };
}

/** The line, from 1, from which on a file that was exported is another. */
function firstLineOf({ text, standing }: Drifted): number | undefined {
  if (standing.kind !== 'ours') return undefined;
  const [is, wanted] = [standing.text.split('\n'), text.split('\n')];
  const index = is.findIndex((line, at) => line !== wanted[at]);
  return index < 0 ? is.length : index + 1;
}

const WHY = {
  missing: 'is not there',
  foreign: 'was not written by an export',
  ours: 'is another than the tasks say, from here on',
} as const;

/** Whether the text that an export writes reads as the workflow that the tasks are. */
export function checkRoundTrip({ name, text, workflow }: ExportedFile): ParityCheck {
  const parsed = parseWorkflow(text, name);
  if (!parsed.ok)
    return { name: 'workflow', state: 'bad', seen: 'the exported text is no workflow', diagnostics: parsed.error };
  const path = whereTheyDiffer(workflow, parsed.value.value);
  if (path === undefined)
    return { name: 'workflow', state: 'good', seen: 'reads as the tasks are translated', diagnostics: [] };
  return {
    name: 'workflow',
    state: 'bad',
    seen: 'the exported text reads as another workflow than the tasks are translated to',
    hint: 'this is a mistake of orch: please report it with the orchestrator.yaml',
    diagnostics: [{ severity: 'error', code: 'not-the-same', message: `they part at ${path}`, at: { file: name } }],
  };
}

export interface PortabilityRequest {
  readonly loaded: Loaded;
  /** As it is committed, or would be written. */
  readonly exported: RepositoryFile;
  /** What the export itself says of GitHub. */
  readonly notes: readonly Diagnostic[];
  /** By path, mode and object of what is in the working tree. */
  readonly tree: ReadonlyMap<string, string>;
}

/** What would not work on GitHub. */
export function checkGithub({ loaded, exported, notes, tree }: PortabilityRequest): ParityCheck {
  const parsed = parseWorkflow(exported.text, exported.path);
  if (!parsed.ok)
    return { name: 'github', state: 'bad', seen: `${exported.path} is no workflow`, diagnostics: parsed.error };
  const found = checkPortability({
    workflow: parsed.value.value,
    text: exported.text,
    file: exported.path,
    ...textsOf(loaded),
    modes: new Map([...tree].map(([path, entry]) => [path, entry.slice(0, entry.indexOf(' '))])),
  });
  const diagnostics = [...notes, ...found];
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  const notices = diagnostics.length - warnings;
  if (diagnostics.length === 0)
    return { name: 'github', state: 'good', seen: 'nothing that would be different there', diagnostics };
  const words = [
    ...(warnings > 0 ? [`${plural(warnings, 'thing')} may be different there`] : []),
    ...(notices > 0 ? [`${plural(notices, 'thing')} to set up there`] : []),
  ];
  return { name: 'github', state: warnings > 0 ? 'warning' : 'note', seen: words.join(', '), diagnostics };
}

/** What a shell of a task reads, and the values that it finds. */
function textsOf({ config }: Loaded): { readonly scripts: readonly Script[]; readonly values: readonly Script[] } {
  const at = (range: SourceRange | undefined) =>
    range === undefined ? { file: config.file } : { file: config.file, range };
  const { setup } = config.worktrees;
  const before =
    setup === undefined
      ? []
      : [{ of: '"worktrees.setup"', text: setup, at: at(config.keys?.['worktrees']), isSetup: true }];
  const tasks = [...config.tasks, ...(config.frameworkReview === undefined ? [] : [config.frameworkReview.task])];
  const scripts = tasks.flatMap((task) =>
    [task.command, task.verify].flatMap((text) =>
      text === undefined || !isShell(task.shell)
        ? []
        : [
            {
              of: `task "${task.name}"`,
              text,
              at: at(task.at),
              inContainer: task.sandbox !== undefined,
              directory: task.workingDirectory ?? '',
            },
          ],
    ),
  );
  // The file's own variables are those of each task.
  const values = new Map<string, Script>();
  for (const task of tasks) {
    for (const { key, value } of task.env.entries) {
      if (!isScalar(value)) continue;
      const name = String(key.value);
      const where = at(value.at ?? task.at);
      values.set(JSON.stringify([name, where]), { of: `the variable ${name}`, text: String(value.value), at: where });
    }
  }
  return { scripts: [...before, ...scripts], values: [...values.values()] };
}

/** What another program reads is another language. */
function isShell(shell: string | undefined): boolean {
  return shell === undefined || /^(?:ba|da|k|z)?sh\b/.test(shell);
}

function isScalar(node: Node): node is ScalarNode {
  return node.kind === 'scalar';
}
