/** What `orch parity` finds out without running anything. */
import type { ExportedFile } from '../../orchestrator/index.ts';
import { checkPortability, type Script, whereTheyDiffer } from '../../parity/index.ts';
import { plural } from '../../reports/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { SourceRange } from '../../shared/source.ts';
import type { Node, ScalarNode } from '../../workflow/index.ts';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { driftOf, otherCommand } from '../export/check.ts';
import type { Exported } from '../export/exported.ts';
import type { RepositoryFile } from '../export/vendored.ts';
import type { Loaded } from '../load.ts';
import type { ParityCheck } from './check.ts';

/** Whether the files of the export are what the tasks say. */
export function checkDrift(root: HostPath, { files, stale, request: { command } }: Exported): ParityCheck {
  const wrong = [
    ...driftOf(root, files).map(({ path, standing }) => ({ path, why: WHY[standing.kind] })),
    ...stale.map((path) => ({ path, why: 'is of another name of these tasks' })),
  ];
  if (wrong.length === 0) {
    const seen = `the ${files.length} files of the export are what the tasks say`;
    return { name: 'files', state: 'good', seen, diagnostics: [] };
  }
  const before = otherCommand(root, { files, command });
  return {
    name: 'files',
    state: 'bad',
    seen: `${plural(wrong.length, 'file')} of the export ${wrong.length === 1 ? 'is' : 'are'} not what the tasks say`,
    hint:
      before === undefined
        ? `${command} --check shows how they differ, ${command} writes them again`
        : `written by other options: ${before}; give them to orch parity too`,
    diagnostics: wrong.map(({ path, why }) => ({
      severity: 'error',
      code: 'drifted',
      message: `${path} ${why}`,
      at: { file: path },
    })),
  };
}

const WHY = {
  missing: 'is not there',
  foreign: 'was not written by an export',
  ours: 'is not what the tasks say',
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
  const scripts = config.tasks.flatMap((task) =>
    [task.command, task.verify].flatMap((text) =>
      text === undefined ? [] : [{ of: `task "${task.name}"`, text, at: at(task.at) }],
    ),
  );
  // The file's own variables are those of each task.
  const values = new Map<string, Script>();
  for (const task of config.tasks) {
    for (const { key, value } of task.env.entries) {
      if (!isScalar(value)) continue;
      const name = String(key.value);
      const where = at(value.at ?? task.at);
      values.set(JSON.stringify([name, where]), { of: `the variable ${name}`, text: String(value.value), at: where });
    }
  }
  return { scripts, values: [...values.values()] };
}

function isScalar(node: Node): node is ScalarNode {
  return node.kind === 'scalar';
}
