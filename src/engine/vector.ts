/**
 * A list that is never changed in place, with cheap "the same, but for one item": a tree of 32-way
 * nodes, so that a state of 10,000 jobs costs three small copies an event instead of one large one.
 */
const BITS = 5;
const WIDTH = 1 << BITS;
const MASK = WIDTH - 1;

type TreeNode<T> = readonly (TreeNode<T> | T)[];

export interface Vector<T> {
  readonly length: number;
  readonly shift: number;
  readonly root: TreeNode<T>;
}

export function vectorOf<T>(items: readonly T[]): Vector<T> {
  let level: TreeNode<T>[] = chunk(items);
  let shift = 0;
  while (level.length > 1) {
    level = chunk(level);
    shift += BITS;
  }
  return { length: items.length, shift, root: level[0] ?? [] };
}

export function at<T>(vector: Vector<T>, index: number): T {
  if (index < 0 || index >= vector.length) throw new RangeError(`no item ${index} of ${vector.length}`);
  let node = vector.root;
  for (let shift = vector.shift; shift > 0; shift -= BITS) node = node[(index >>> shift) & MASK] as TreeNode<T>;
  return node[index & MASK] as T;
}

export function replaced<T>(vector: Vector<T>, index: number, item: T): Vector<T> {
  if (index < 0 || index >= vector.length) throw new RangeError(`no item ${index} of ${vector.length}`);
  return { ...vector, root: replacedIn(vector.root, vector.shift, index, item) };
}

/** With more items at its end. Costs the whole list: for what happens a few times in a run. */
export function extended<T>(vector: Vector<T>, items: readonly T[]): Vector<T> {
  return vectorOf([...itemsOf(vector), ...items]);
}

export function* itemsOf<T>(vector: Vector<T>): Generator<T> {
  for (let i = 0; i < vector.length; i++) yield at(vector, i);
}

function replacedIn<T>(node: TreeNode<T>, shift: number, index: number, item: T): TreeNode<T> {
  const copy = node.slice();
  const slot = (index >>> shift) & MASK;
  copy[slot] = shift === 0 ? item : replacedIn(node[slot] as TreeNode<T>, shift - BITS, index, item);
  return copy;
}

function chunk<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += WIDTH) chunks.push(items.slice(i, i + WIDTH));
  return chunks;
}
