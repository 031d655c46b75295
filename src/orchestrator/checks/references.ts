/** What an expression takes from a context, as far as its text tells: `needs.api.outputs.url` is `api`, `outputs`, `url`. */
import type { Expression } from '../../workflow/index.ts';

type Tree = NonNullable<Expression['root']>;

/** One use of a context; the path ends where it is computed or `*`. */
export interface Access {
  readonly context: string;
  readonly path: readonly string[];
}

export function accessesOf({ root }: Expression): readonly Access[] {
  return root === undefined ? [] : walk(root);
}

function walk(tree: Tree): readonly Access[] {
  const access = accessOf(tree);
  if (access !== undefined) return [access, ...computedParts(tree)];
  return childrenOf(tree).flatMap(walk);
}

/** The tree as one use of a context, when it is nothing but indices on one. */
function accessOf(tree: Tree): Access | undefined {
  if (tree.kind === 'context') return { context: tree.name, path: [] };
  if (tree.kind !== 'index') return undefined;
  const target = stepsTo(tree.target);
  if (target === undefined) return undefined;
  const { index } = tree;
  if (!target.open || index === '*' || index.kind !== 'literal' || typeof index.value !== 'string')
    return target.access;
  return { context: target.access.context, path: [...target.access.path, index.value] };
}

/** `open` while every index so far was a literal, so that the next one still extends the path. */
function stepsTo(tree: Tree): { readonly access: Access; readonly open: boolean } | undefined {
  const access = accessOf(tree);
  return access === undefined ? undefined : { access, open: access.path.length === depthOf(tree) };
}

function depthOf(tree: Tree): number {
  return tree.kind === 'index' ? 1 + depthOf(tree.target) : 0;
}

/** Contexts are used inside computed indices too: `needs[inputs.which]`. */
function computedParts(tree: Tree): readonly Access[] {
  if (tree.kind !== 'index') return [];
  return [...computedParts(tree.target), ...(tree.index === '*' ? [] : walk(tree.index))];
}

function childrenOf(tree: Tree): readonly Tree[] {
  switch (tree.kind) {
    case 'literal':
    case 'context':
      return [];
    case 'index':
      return tree.index === '*' ? [tree.target] : [tree.target, tree.index];
    case 'call':
      return tree.args;
    case 'not':
      return [tree.operand];
    case 'and':
    case 'or':
      return tree.operands;
    case 'compare':
      return [tree.left, tree.right];
  }
}
