/** An expression, parsed: plain data, with the names it uses listed for checking. */
import type { Data } from './data.ts';

export interface Expression {
  readonly text: string;
  /** Absent for an empty expression, whose value is null. */
  readonly root?: Tree;
  /** In the order they are written. */
  readonly references: readonly Reference[];
}

/** A context or function that is not built in, so that whether it exists depends on where the expression stands. */
export interface Reference {
  readonly kind: 'context' | 'function';
  readonly name: string;
  readonly position: number;
  /** Arguments of a call; 0 for contexts. */
  readonly count: number;
}

export type Tree =
  | { readonly kind: 'literal'; readonly value: Data }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'index'; readonly target: Tree; readonly index: Tree | '*' }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Tree[] }
  | { readonly kind: 'not'; readonly operand: Tree }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Tree[] }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Tree; readonly right: Tree };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Levels of a tree; parentheses are none. */
export const MAX_DEPTH = 50;
export const MAX_LENGTH = 21_000;

/** Names are in lower case, since GitHub's are not case-sensitive. */
export function calledFunctions(expression: Expression): ReadonlySet<string> {
  const names = expression.references.filter(({ kind }) => kind === 'function').map(({ name }) => name.toLowerCase());
  return new Set(names);
}
