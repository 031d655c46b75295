/** What expressions ask of `needs`, `inputs`, `vars` and `matrix`: a misspelt name would silently be null. */
import { nearest } from '../../shared/diagnostic.ts';
import {
  AVAILABILITY,
  conditionText,
  type Node,
  normalizeCondition,
  parseExpression,
  type ScalarNode,
} from '../../workflow/index.ts';
import { entriesOf, keyText, scalarsOf, textsOf, valueOf } from '../nodes.ts';
import type { Values } from '../overrides.ts';
import { type FileView, type Finding, holdsExpression, type TaskView, tasksByName } from '../view.ts';
import { quote } from '../wording.ts';
import { type Access, accessesOf } from './references.ts';

interface Known {
  readonly tasks: ReadonlyMap<string, TaskView>;
  readonly inputs: readonly string[];
  readonly vars: readonly string[];
}

export function checkReferences(view: FileView, values: Values): readonly Finding[] {
  const known: Known = {
    tasks: tasksByName(view),
    inputs: Object.keys(values.inputs),
    vars: Object.keys(values.vars),
  };
  const own = view.workloads.flatMap((task) =>
    usesOf(EVALUATED, task.own).flatMap((use) => findingsOf(use, { task, known })),
  );
  return [...own, ...sharedUses(view).flatMap((use) => sharedFindings(use, view, known))];
}

const EVALUATED = ['if', 'matrix', 'fail_fast', 'max_parallel', 'continue_on_error', 'env'];

/** A scalar with an expression, and what it takes from contexts. */
interface Use {
  readonly key: string;
  readonly at: ScalarNode['at'];
  readonly accesses: readonly Access[];
}

function usesOf(keys: readonly string[], valueFor: (key: string) => Node | undefined): readonly Use[] {
  return keys.flatMap((key) =>
    scalarsOf(valueFor(key))
      .filter((scalar) => key === 'if' || holdsExpression(scalar))
      .map((scalar) => ({ key, at: scalar.at, accesses: readAccesses(scalar) })),
  );
}

/** Written once, meant for many: by whom it is taken over follows from `defaults`. */
interface SharedUse extends Use {
  readonly appliesTo: (task: TaskView) => boolean;
}

function sharedUses(view: FileView): readonly SharedUse[] {
  const defaults = valueOf(view.root, 'defaults');
  const ofFile = usesOf(['env'], (key) => valueOf(view.root, key));
  const ofDefaults = usesOf(EVALUATED, (key) => valueOf(defaults, key));
  return [
    ...ofFile.map((use) => ({ ...use, appliesTo: () => true })),
    ...ofDefaults.map((use) => ({
      ...use,
      appliesTo: (task: TaskView) => task.own(use.key) === undefined && task.value(use.key) !== undefined,
    })),
  ];
}

/** Said of the first task that it is wrong for: one place needs one message. */
function sharedFindings(use: SharedUse, view: FileView, known: Known): readonly Finding[] {
  for (const task of view.workloads) {
    const findings = use.appliesTo(task) ? findingsOf(use, { task, known }) : [];
    if (findings.length > 0) return findings;
  }
  return [];
}

function findingsOf(use: Use, { task, known }: Pick<Place, 'task' | 'known'>): readonly Finding[] {
  return use.accesses.flatMap((access) => checkAccess(access, { task, known, at: use.at }));
}

const EVERYTHING = {
  contexts: [...AVAILABILITY.jobEnv.contexts],
  functions: AVAILABILITY.jobIf.functions,
};

/** Any text with expressions reads as a condition does: as one expression. One that is wrong was told so elsewhere. */
function readAccesses(scalar: ScalarNode): readonly Access[] {
  const parsed = parseExpression(normalizeCondition(conditionText(scalar)), EVERYTHING);
  return parsed.ok ? accessesOf(parsed.value) : [];
}

interface Place {
  readonly task: TaskView;
  readonly known: Known;
  readonly at: ScalarNode['at'];
}

function checkAccess({ context, path }: Access, place: Place): readonly Finding[] {
  const [name] = path;
  if (name === undefined) return [];
  switch (context.toLowerCase()) {
    case 'needs':
      return checkNeed(path, place);
    case 'inputs':
      return checkKnown(place, { name, names: place.known.inputs, context: 'inputs', singular: 'input' });
    case 'vars':
      return checkKnown(place, { name, names: place.known.vars, context: 'vars', singular: 'variable' });
    case 'matrix':
      return checkMatrixKey(place, name);
    default:
      return [];
  }
}

function checkNeed([name = '', property, output]: readonly string[], { task, known, at }: Place): readonly Finding[] {
  const dependencies = textsOf(task.own('depends_on')).map(({ text }) => text);
  const needed = known.tasks.get(name.toLowerCase());
  if (!dependencies.some((dependency) => sameName(dependency, name))) {
    const hint = needed === undefined ? () => suggest(name, dependencies) : `add ${quote(name)} to "depends_on"`;
    const owner = task.name === undefined ? 'this task' : quote(task.name.text);
    return [{ code: 'unknown-need', message: `${owner} does not depend on ${quote(name)}`, at, hint }];
  }
  if (needed === undefined || property === undefined) return [];
  if (sameName(property, 'result')) return [];
  if (!sameName(property, 'outputs')) {
    const message = `a dependency has "result" and "outputs", not ${quote(property)}`;
    return [{ code: 'unknown-output', message, at, hint: suggest(property, ['result', 'outputs']) }];
  }
  return output === undefined ? [] : checkOutput({ name, output, needed, at });
}

function checkOutput(use: {
  name: string;
  output: string;
  needed: TaskView;
  at: ScalarNode['at'];
}): readonly Finding[] {
  const { name, output, needed, at } = use;
  const outputs = textsOf(needed.value('outputs')).map(({ text }) => text);
  if (outputs.some((declared) => sameName(declared, output))) return [];
  const hint = (): string => suggest(output, outputs) ?? `list it under "outputs" of ${quote(name)}`;
  return [{ code: 'unknown-output', message: `${quote(name)} declares no output ${quote(output)}`, at, hint }];
}

interface Lookup {
  readonly name: string;
  readonly names: readonly string[];
  readonly context: string;
  readonly singular: string;
}

/** Only a warning: values may come from the command line, or on GitHub from the repository. */
function checkKnown({ at }: Place, { name, names, context, singular }: Lookup): readonly Finding[] {
  if (names.some((known) => sameName(known, name))) return [];
  return [
    {
      severity: 'warning',
      code: `unknown-${singular}`,
      message: `there is no ${singular} ${quote(name)}; the expression finds null`,
      at,
      hint: () => suggest(name, names) ?? `give it a value under ${quote(context)}`,
    },
  ];
}

/** Known when the matrix itself is written out; `include` may add keys. */
function checkMatrixKey({ task, at }: Place, name: string): readonly Finding[] {
  const matrix = task.own('matrix');
  if (matrix !== undefined && matrix.kind !== 'mapping') return [];
  const include: Node | undefined = valueOf(matrix, 'include');
  if (include !== undefined && include.kind !== 'sequence') return [];
  const combinations = include?.items ?? [];
  if (combinations.some((item) => item.kind !== 'mapping')) return [];
  const keys = [...entriesOf(matrix), ...combinations.flatMap(entriesOf)].map(({ key }) => keyText(key));
  if (keys.some((key) => sameName(key, name) || key.includes('${{'))) return [];
  return [
    {
      severity: 'warning',
      code: 'unknown-matrix-key',
      message: `the matrix has no key ${quote(name)}; the expression finds null`,
      at,
      hint: () => suggest(name, keys),
    },
  ];
}

function suggest(name: string, candidates: readonly string[]): string | undefined {
  const near = nearest(name, candidates);
  return near === undefined ? undefined : `did you mean ${quote(near)}?`;
}

/** Names in expressions are not case-sensitive. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
