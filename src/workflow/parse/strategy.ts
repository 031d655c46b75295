/** `strategy`: as it is, or as one expression; a matrix without expressions is tried out. */
import { evaluateNode, hasExpression } from '../expressions/index.ts';
import { expandMatrix } from '../matrix.ts';
import type { Node, Strategy } from '../model.ts';
import { entriesOf, hasExpressions, isExpression, keyText, present, scalarOf, valueOf } from '../nodes.ts';
import type { Faults } from './faults.ts';

export function readStrategy(node: Node | undefined, faults: Faults): Strategy | undefined {
  if (node === undefined) return undefined;
  if (isExpression(node) || entriesOf(node).some(({ key }) => hasExpression(keyText(key)))) return { expression: node };
  const matrix = valueOf(node, 'matrix');
  if (matrix?.kind === 'mapping') checkMatrix(matrix, faults);
  return present<Strategy>({
    matrix,
    failFast: scalarOf(valueOf(node, 'fail-fast')),
    maxParallel: scalarOf(valueOf(node, 'max-parallel')),
  });
}

function checkMatrix(matrix: Node, faults: Faults): void {
  const empty = entriesOf(matrix).filter(({ value }) => value.kind === 'sequence' && value.items.length === 0);
  const vectors = empty.filter(({ key }) => !['include', 'exclude'].includes(keyText(key)));
  for (const { key, value } of vectors) {
    faults.error('matrix', `Matrix vector '${keyText(key)}' does not contain any values`, value);
  }
  if (vectors.length > 0 || hasExpressions(matrix) || !isShaped(matrix)) return;
  const json = evaluateNode(matrix, { contexts: {}, functions: {} });
  const legs = json.ok ? expandMatrix(json.value) : json;
  if (!legs.ok && typeof legs.error === 'string') faults.error('matrix', legs.error, matrix);
}

/** Of what has another shape the schema has told. */
function isShaped(matrix: Node): boolean {
  return entriesOf(matrix).every(({ key, value }) => {
    if (value.kind !== 'sequence') return false;
    const isList = !['include', 'exclude'].includes(keyText(key));
    return isList || value.items.every((item) => item.kind === 'mapping');
  });
}
