/** Values that have the right form and still make no sense. */
import { parseDuration } from '../../shared/quantity.ts';
import { AVAILABILITY, checkNode, type Node, type ScalarNode, scalar } from '../../workflow/index.ts';
import { scalarsOf, textOf, valueOf } from '../nodes.ts';
import { literal } from '../translate/literal.ts';
import { type FileView, type Finding, holdsExpression, taskMappings, textEntry } from '../view.ts';
import { quote } from '../wording.ts';

const CLOCKS = ['timeout', 'idle_timeout', 'startup_timeout', 'verify_timeout', 'retry_delay'];

/** Longer than any run, and still exact in a timer and in minutes. */
const LONGEST = parseDuration('365d') ?? 0;

/** A clock of no length would end every task at once. */
export function checkDurations(view: FileView): readonly Finding[] {
  const worktrees = valueOf(view.root, 'worktrees');
  return [
    ...taskMappings(view).flatMap((mapping) => CLOCKS.flatMap((key) => checkDuration(mapping, key))),
    ...(worktrees === undefined ? [] : checkDuration(worktrees, 'setup_timeout')),
  ];
}

function checkDuration(mapping: Node, key: string): readonly Finding[] {
  const value = textEntry(mapping, key);
  // Text that is no duration at all is the schema's business.
  if (value === undefined || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(value.text)) return [];
  const span = parseDuration(value.text);
  const finding = (message: string, hint?: string): Finding[] => [
    { code: 'bad-duration', message, at: value.node.at, hint },
  ];
  if (span === undefined || span > LONGEST) return finding(`${quote(key)} is longer than a year`);
  if (span > 0 || key === 'retry_delay') return [];
  const off = key === 'idle_timeout' || key === 'startup_timeout';
  return finding(`${quote(key)} must be longer than nothing`, off ? 'write off to have no such limit' : undefined);
}

const LITERAL = [
  'command',
  'verify',
  'description',
  'prompt',
  'working_directory',
  'shell',
  'expect',
  'artifacts',
  'mutex',
  'notes',
  'fix',
];

/** `${{ }}` in a command would be code injection, so it is left alone; whoever writes it expects otherwise. */
export function checkLiteralText(view: FileView): readonly Finding[] {
  const worktrees = valueOf(view.root, 'worktrees');
  const places = [
    ...taskMappings(view).flatMap((mapping) => LITERAL.map((key) => ({ key, node: valueOf(mapping, key) }))),
    { key: 'on_finish', node: valueOf(view.root, 'on_finish') },
    { key: 'worktrees.setup', node: valueOf(worktrees, 'setup') },
    { key: 'name', node: valueOf(view.root, 'name') },
  ];
  return places.flatMap(({ key, node }) =>
    scalarsOf(node)
      .filter(holdsExpression)
      .flatMap((scalar) => [...literalWarning(key, scalar), ...literalFaults(key, scalar)]),
  );
}

function literalWarning(key: string, { at }: ScalarNode): readonly Finding[] {
  const message = `\${{ }} is not evaluated in ${quote(key)}; it is taken literally`;
  const hint = 'give the value a name under "env" and use the variable';
  return [{ severity: 'warning', code: 'not-evaluated', message, at, hint }];
}

/** Keeping braces as they are takes an expression, and those have a limit. */
function literalFaults(key: string, { value, at }: ScalarNode): readonly Finding[] {
  const faults = checkNode(scalar(literal(String(value))), AVAILABILITY.step);
  if (faults.length === 0) return [];
  const message = `${quote(key)} is too long to hold \${{; texts without it may be longer`;
  return [{ code: 'bad-value', message, at, hint: 'move the command to a script' }];
}

/** No operating system can pass a NUL byte in a command, a path or a variable. */
export function checkNulBytes(view: FileView): readonly Finding[] {
  return scalarsOf(view.root)
    .filter((scalar) => textOf(scalar)?.text.includes('\0') === true)
    .map((scalar) => ({ code: 'bad-value', message: 'a NUL byte cannot be used here', at: scalar.at }));
}

/** Keys that do nothing without another one. */
export function checkIdleKeys(view: FileView): readonly Finding[] {
  return view.tasks.flatMap((task) => {
    const alone = [
      { key: 'fail_fast', needs: 'matrix' },
      { key: 'max_parallel', needs: 'matrix' },
      { key: 'verify_timeout', needs: 'verify' },
    ].filter(({ key, needs }) => task.own(key) !== undefined && task.value(needs) === undefined);
    return alone.map(({ key, needs }) => ({
      severity: 'warning' as const,
      code: 'no-effect',
      message: `${quote(key)} does nothing without ${quote(needs)}`,
      at: task.own(key)?.at,
    }));
  });
}
