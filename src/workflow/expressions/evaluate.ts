/** Evaluates an expression's tree with the semantics of GitHub's runner. */
import { err, ok, type Result } from '../../shared/result.ts';
import { type Budget, makeBudget } from './budget.ts';
import { isTruthy, looselyEqual, order } from './coercion.ts';
import { type Data, type DataArray, isPrimitive } from './data.ts';
import { ExpressionFailure, type ExpressionFault } from './fault.ts';
import { findBuiltIn } from './functions.ts';
import { member, members } from './members.ts';
import type { Vocabulary } from './names.ts';
import type { Comparison, Expression, Tree } from './tree.ts';

/** What the names of an expression stand for. Made anew for each evaluation; nothing changes it. */
export interface Scope {
  /** By name in lower case. A context that an expression may use but that is absent here is null. */
  readonly contexts: Readonly<Record<string, Data>>;
  /** By name in lower case. A function ends the evaluation by calling `failEvaluation`. */
  readonly functions: Readonly<Record<string, ScopeFunction>>;
}

export type ScopeFunction = (args: readonly Data[]) => Data;

/** The names that a scope has; how many arguments a function takes was checked before. */
export function vocabularyOf({ contexts, functions }: Scope): Vocabulary {
  const anyCount = { minArgs: 0, maxArgs: Number.MAX_SAFE_INTEGER };
  return {
    contexts: Object.keys(contexts),
    functions: Object.keys(functions).map((name) => ({ name, ...anyCount })),
  };
}

interface Evaluation {
  readonly scope: Scope;
  readonly budget: Budget;
}

export function evaluateExpression(expression: Expression, scope: Scope): Result<Data, ExpressionFault> {
  try {
    return ok(evaluateWithin(expression, scope, makeBudget()));
  } catch (error) {
    if (error instanceof ExpressionFailure) return err(error.fault);
    throw error;
  }
}

/**
 * The same within a budget that several expressions share.
 * @throws ExpressionFailure of kind `evaluation`.
 */
export function evaluateWithin(expression: Expression, scope: Scope, budget: Budget): Data {
  return expression.root ? evaluate(expression.root, { scope, budget }) : null;
}

function evaluate(tree: Tree, evaluation: Evaluation): Data {
  switch (tree.kind) {
    case 'literal':
      return tree.value;
    case 'context':
      return own(evaluation.scope.contexts, tree.name) ?? null;
    case 'index':
      return evaluateIndex(tree.target, tree.index, evaluation);
    case 'call':
      return evaluateCall(tree, evaluation);
    case 'not':
      return !isTruthy(evaluate(tree.operand, evaluation));
    case 'and':
    case 'or':
      return evaluateLogical(tree.kind, tree.operands, evaluation);
    case 'compare':
      return compare(tree.operator, evaluate(tree.left, evaluation), evaluate(tree.right, evaluation));
  }
}

/** Names come from users: `constructor` must not find what plain objects inherit. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** The value of `&&` and `||` is that of the operand that decided. */
function evaluateLogical(kind: 'and' | 'or', operands: readonly Tree[], evaluation: Evaluation): Data {
  let value: Data = null;
  for (const operand of operands) {
    value = evaluate(operand, evaluation);
    if (isTruthy(value) === (kind === 'or')) break;
  }
  return value;
}

function compare(operator: Comparison, left: Data, right: Data): boolean {
  switch (operator) {
    case '==':
      return looselyEqual(left, right);
    case '!=':
      return !looselyEqual(left, right);
    case '<':
      return order(left, right) < 0;
    case '<=':
      return looselyEqual(left, right) || order(left, right) < 0;
    case '>':
      return order(left, right) > 0;
    case '>=':
      return looselyEqual(left, right) || order(left, right) > 0;
  }
}

function evaluateCall({ name, args }: Extract<Tree, { kind: 'call' }>, evaluation: Evaluation): Data {
  const builtIn = findBuiltIn(name);
  if (builtIn) {
    return builtIn(
      args.map((arg) => () => evaluate(arg, evaluation)),
      evaluation.budget,
    );
  }
  const call = own(evaluation.scope.functions, name);
  if (!call) throw new Error(`the function ${name} was allowed but is not in the scope`);
  return call(args.map((arg) => evaluate(arg, evaluation)));
}

function evaluateIndex(targetTree: Tree, indexTree: Tree | '*', evaluation: Evaluation): Data {
  const target = evaluate(targetTree, evaluation);
  if (isPrimitive(target)) return indexTree === '*' ? filtered([], evaluation) : null;
  if (indexTree === '*') {
    const nested = target.kind === 'array' && target.filtered ? target.items : [target];
    return filtered(nested.flatMap(members), evaluation);
  }
  const index = evaluate(indexTree, evaluation);
  if (target.kind === 'object' || !target.filtered) return member(target, index) ?? null;
  const found = target.items.map((item) => member(item, index)).filter((value) => value !== undefined);
  return filtered(found, evaluation);
}

function filtered(items: readonly Data[], { budget }: Evaluation): DataArray {
  budget.spend(items.length * 8);
  return { kind: 'array', items, filtered: true };
}
