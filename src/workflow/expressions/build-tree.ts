/** Turns the library's syntax tree into ours: plain data, of limited depth, with the names it refers to. */
import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import { type Token, TokenType } from '@actions/expressions/lexer';
import type { Data } from './data.ts';
import { ExpressionFailure, faultAt } from './fault.ts';
import { isBuiltIn, MAX_ARGUMENTS } from './functions.ts';
import { type Comparison, MAX_DEPTH, type Reference, type Tree } from './tree.ts';

export interface Source {
  readonly text: string;
  readonly positions: ReadonlyMap<Token, number>;
}

interface Builder extends Source {
  readonly references: Reference[];
}

/** @throws ExpressionFailure when the tree is too deep. */
export function buildTree(
  root: Expr,
  source: Source,
): { readonly root: Tree; readonly references: readonly Reference[] } {
  const builder: Builder = { ...source, references: [] };
  const tree = build(root, 1, builder);
  return { root: tree, references: builder.references.toSorted((a, b) => a.position - b.position) };
}

function build(grouped: Expr, depth: number, builder: Builder): Tree {
  // Chains such as `1 == 1 == 1 …` are deep trees that the parser itself does not limit.
  if (depth > MAX_DEPTH) {
    throw new ExpressionFailure({ kind: 'parsing', message: `Exceeded max expression depth ${MAX_DEPTH}` });
  }
  const expr = ungroup(grouped);
  const inner = (child: Expr): Tree => build(child, depth + 1, builder);
  if (expr instanceof Literal) return { kind: 'literal', value: literalValue(expr.token) };
  if (expr instanceof ContextAccess) return buildContext(expr, builder);
  if (expr instanceof IndexAccess) {
    return { kind: 'index', target: inner(expr.expr), index: expr.index instanceof Star ? '*' : inner(expr.index) };
  }
  if (expr instanceof FunctionCall) return buildCall(expr, inner, builder);
  if (expr instanceof Unary) return { kind: 'not', operand: inner(expr.expr) };
  if (expr instanceof Logical) {
    const kind = expr.operator.type === TokenType.AND ? 'and' : 'or';
    return { kind, operands: flatten(expr).map(inner) };
  }
  if (expr instanceof Binary) {
    return { kind: 'compare', operator: comparison(expr.operator), left: inner(expr.left), right: inner(expr.right) };
  }
  throw new Error(`unknown kind of expression: ${expr.constructor.name}`);
}

function ungroup(expr: Expr): Expr {
  let inner = expr;
  while (inner instanceof Grouping) inner = inner.group;
  return inner;
}

/** `(a && b) && c` is one `and` of three: it counts as one level. */
function flatten(logical: Logical): readonly Expr[] {
  return logical.args.flatMap((operand) => {
    const inner = ungroup(operand);
    return inner instanceof Logical && inner.operator.type === logical.operator.type ? flatten(inner) : [inner];
  });
}

function literalValue(token: Token): Data {
  if (token.type === TokenType.TRUE || token.type === TokenType.FALSE) return token.type === TokenType.TRUE;
  if (token.type === TokenType.NULL) return null;
  // The name after a dot is the one literal that the lexer gives no value.
  return token.value ?? token.lexeme;
}

function buildContext({ name }: ContextAccess, { references, positions }: Builder): Tree {
  references.push({ kind: 'context', name: name.lexeme, position: positions.get(name) ?? 0, count: 0 });
  return { kind: 'context', name: name.lexeme.toLowerCase() };
}

function buildCall(call: FunctionCall, inner: (child: Expr) => Tree, builder: Builder): Tree {
  const { lexeme } = call.functionName;
  const position = builder.positions.get(call.functionName) ?? 0;
  if (isBuiltIn(lexeme)) {
    // The library leaves `case` without an upper limit.
    if (call.args.length > MAX_ARGUMENTS) {
      const token = { text: lexeme, position, expression: builder.text };
      throw new ExpressionFailure(faultAt('parsing', 'Too many parameters supplied', token));
    }
  } else {
    builder.references.push({ kind: 'function', name: lexeme, position, count: call.args.length });
  }
  return { kind: 'call', name: lexeme.toLowerCase(), args: call.args.map(inner) };
}

function comparison(operator: Token): Comparison {
  switch (operator.lexeme) {
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return operator.lexeme;
    default:
      throw new Error(`unknown operator: ${operator.lexeme}`);
  }
}
