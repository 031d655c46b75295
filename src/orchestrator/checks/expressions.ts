/** Expressions: they parse, use what exists where they stand, and ask `needs` for what will be there. */
import { nearest } from '../../shared/diagnostic.ts';
import {
  AVAILABILITY,
  checkCondition,
  checkNode,
  expandMatrix,
  type Node,
  type NodeFault,
  type ScalarNode,
  type Vocabulary,
} from '../../workflow/index.ts';
import { entriesOf, jsonOf, scalarOf, scalarsOf, valueOf } from '../nodes.ts';
import { type FileView, type Finding, holdsExpression, taskMappings } from '../view.ts';
import { quote } from '../wording.ts';

/** Where expressions are evaluated, and what they may use there. Secrets are never among it: they are named apart. */
const PLACES: readonly { readonly key: string; readonly available: Vocabulary }[] = [
  { key: 'matrix', available: AVAILABILITY.strategy },
  { key: 'fail_fast', available: AVAILABILITY.strategy },
  { key: 'max_parallel', available: AVAILABILITY.strategy },
  { key: 'continue_on_error', available: AVAILABILITY.job },
  { key: 'env', available: AVAILABILITY.job },
];

export function checkExpressions(view: FileView): readonly Finding[] {
  const written = [
    ...placeFaults(view.root, [{ key: 'env', available: AVAILABILITY.job }]),
    ...taskMappings(view).flatMap((mapping) => [
      ...placeFaults(mapping, PLACES),
      ...conditionFaults(valueOf(mapping, 'if')),
      ...checkMatrix(valueOf(mapping, 'matrix')),
    ]),
  ];
  return [...written, ...checkPlainText(view)];
}

function placeFaults(mapping: Node, places: typeof PLACES): readonly Finding[] {
  return places.flatMap(({ key, available }) => {
    const node = valueOf(mapping, key);
    return node === undefined ? [] : faultsOf(node, available).map((fault) => toFinding(fault, available));
  });
}

/** Names of variables are never expressions; the schema has said so. */
function faultsOf(node: Node, available: Vocabulary): readonly NodeFault[] {
  return scalarsOf(node).flatMap((scalar) => checkNode(scalar, available));
}

function conditionFaults(node: Node | undefined): readonly Finding[] {
  const condition = scalarOf(node);
  if (condition === undefined) return [];
  const available = AVAILABILITY.jobIf;
  return checkCondition(condition, available).map((fault) => toFinding(fault, available));
}

function toFinding({ message, at }: NodeFault, available: Vocabulary): Finding {
  return {
    code: 'bad-expression',
    message: `the expression is wrong: ${message}`,
    at,
    hint: hintFor(message, available),
  };
}

function hintFor(message: string, { contexts, functions }: Vocabulary): string | undefined {
  const [, kind, name] = /^Unrecognized (named-value|function): '([^']*)'/.exec(message) ?? [];
  if (name === undefined) return undefined;
  if (name.toLowerCase() === 'secrets') return 'name it under "secrets"; the command finds it in its environment';
  const candidates = kind === 'function' ? functions.map((known) => known.name) : contexts;
  const near = nearest(name, candidates);
  if (near !== undefined) return `did you mean ${quote(near)}?`;
  return kind === 'function' || contexts.length === 0 ? undefined : `here there are ${contexts.join(', ')}`;
}

/** A matrix without expressions is known now, and so is whether it can be expanded. */
function checkMatrix(matrix: Node | undefined): readonly Finding[] {
  if (matrix?.kind !== 'mapping') return [];
  if (scalarsOf(matrix).some(holdsExpression) || matrix.entries.some(({ key }) => holdsExpression(key))) return [];
  const legs = expandMatrix(jsonOf(matrix));
  if (!legs.ok) return [{ code: 'bad-matrix', message: legs.error, at: matrix.at }];
  if (legs.value.length > 0) return [];
  return [
    {
      severity: 'warning',
      code: 'empty-matrix',
      message: 'nothing is left of this matrix; the task runs once, without it',
      at: matrix.at,
    },
  ];
}

/** Values for expressions are not expressions themselves. */
function checkPlainText(view: FileView): readonly Finding[] {
  const values: readonly ScalarNode[] = ['inputs', 'vars'].flatMap((key) =>
    entriesOf(valueOf(view.root, key)).flatMap(({ value }) => scalarOf(value) ?? []),
  );
  return values.filter(holdsExpression).map((value) => ({
    severity: 'warning' as const,
    code: 'not-evaluated',
    message: '${{ }} is not evaluated here; it is taken literally',
    at: value.at,
  }));
}
