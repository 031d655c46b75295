/**
 * Aho-Corasick over bytes: all patterns are looked for at once. States near the root, where a search in ordinary
 * text spends its time, have a full row of transitions; the many deep ones of long secrets only their own edges.
 */
import { buildLeaps, type Leaps } from './leaps.ts';

const DENSE_DEPTH = 2;
/** Classes of bytes: those in no pattern, line breaks, and from there on one for each byte that a pattern holds. */
const OTHER = 0;
const LINE_BREAK = 1;

export const ROOT = 0;

export interface Automaton {
  /** The class of each byte. */
  readonly classes: Uint8Array;
  /**
   * Transitions of the first `dense` states, `width` each, by class. An entry of 0 or more is the offset of the next
   * state's row. A negative one is the complement of a state, and asks for a closer look at the byte: that state has
   * no row, a pattern ends there, or the byte is a line break within a possible match.
   */
  readonly table: Int32Array;
  readonly width: number;
  readonly dense: number;
  /** By state: bytes of the longest pattern prefix that ends here. */
  readonly depth: Int32Array;
  /** By state: bytes of the longest pattern that ends here, 0 for none. */
  readonly longest: Int32Array;
  /** To move over text at the root, where no pattern is shorter than a few bytes. */
  readonly leaps: Leaps | undefined;
  /** The state after `byte`, which is no line break. */
  step(state: number, byte: number): number;
}

/** Patterns must be neither empty nor hold line breaks. */
export function buildAutomaton(patterns: readonly Uint8Array[]): Automaton {
  const trie = buildTrie(patterns);
  const { fail, longest } = linkFailures(trie);
  const { classes, width } = classify(patterns);
  const dense = trie.depth.findIndex((depth) => depth > DENSE_DEPTH);
  const rows = dense === -1 ? trie.size : dense;
  const table = new Int32Array(rows * width);
  const step = (state: number, byte: number, filled = rows): number => {
    for (let at = state; ; at = fail[at] ?? ROOT) {
      if (at < filled) {
        const entry = table[at * width + (classes[byte] ?? 0)] ?? 0;
        return entry < 0 ? ~entry : entry / width;
      }
      const next = childOf(trie, at, byte);
      if (next !== ROOT || at === ROOT) return next;
    }
  };
  for (let state = 0; state < rows; state++) {
    // A line break keeps the state; within a possible match it is looked at.
    table[state * width + LINE_BREAK] = state === ROOT ? 0 : ~state;
    for (let byte = 0; byte < 256; byte++) {
      const of = classes[byte] ?? OTHER;
      if (of === OTHER || of === LINE_BREAK) continue;
      const next = step(state, byte, state);
      table[state * width + of] = next >= rows || (longest[next] ?? 0) > 0 ? ~next : next * width;
    }
  }
  return { classes, table, width, dense: rows, depth: trie.depth, longest, step, leaps: buildLeaps(patterns) };
}

interface Trie {
  readonly size: number;
  readonly depth: Int32Array;
  /** Edges as lists: the first child, its next sibling, and the byte that leads to a state. */
  readonly child: Int32Array;
  readonly sibling: Int32Array;
  readonly byte: Uint8Array;
  readonly ends: Uint8Array;
}

/** Built a level at a time, so that states are numbered by depth and the dense ones come first. */
function buildTrie(patterns: readonly Uint8Array[]): Trie {
  const capacity = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
  const trie = {
    size: 1,
    depth: new Int32Array(capacity),
    child: new Int32Array(capacity),
    sibling: new Int32Array(capacity),
    byte: new Uint8Array(capacity),
    ends: new Uint8Array(capacity),
  };
  let open = patterns.map((pattern) => ({ pattern, state: ROOT }));
  for (let level = 0; open.length > 0; level++) {
    open = open
      .map(({ pattern, state }) => ({ pattern, state: childOrNew(trie, state, pattern[level] ?? 0) }))
      .filter(({ pattern, state }) => {
        if (pattern.length === level + 1) trie.ends[state] = 1;
        return pattern.length > level + 1;
      });
  }
  return { ...trie, depth: trie.depth.subarray(0, trie.size) };
}

function childOf(trie: Trie, state: number, byte: number): number {
  let next = trie.child[state] ?? ROOT;
  while (next !== ROOT && trie.byte[next] !== byte) next = trie.sibling[next] ?? ROOT;
  return next;
}

function childOrNew(trie: Trie & { size: number }, state: number, byte: number): number {
  const found = childOf(trie, state, byte);
  if (found !== ROOT) return found;
  const made = trie.size++;
  trie.depth[made] = (trie.depth[state] ?? 0) + 1;
  trie.byte[made] = byte;
  trie.sibling[made] = trie.child[state] ?? ROOT;
  trie.child[state] = made;
  return made;
}

function linkFailures(trie: Trie): { readonly fail: Int32Array; readonly longest: Int32Array } {
  const fail = new Int32Array(trie.size);
  const longest = new Int32Array(trie.size);
  // By rising number is by rising depth, so a state's failure link is known before its children's are.
  for (let state = 0; state < trie.size; state++) {
    const fallback = longest[fail[state] ?? ROOT] ?? 0;
    longest[state] = trie.ends[state] === 1 ? (trie.depth[state] ?? 0) : fallback;
    for (let next = trie.child[state] ?? ROOT; next !== ROOT; next = trie.sibling[next] ?? ROOT) {
      fail[next] = state === ROOT ? ROOT : failureOf(trie, fail, { state, byte: trie.byte[next] ?? 0 });
    }
  }
  return { fail, longest };
}

function failureOf(trie: Trie, fail: Int32Array, edge: { readonly state: number; readonly byte: number }): number {
  for (let at = edge.state; at !== ROOT; ) {
    at = fail[at] ?? ROOT;
    const next = childOf(trie, at, edge.byte);
    if (next !== ROOT) return next;
  }
  return ROOT;
}

function classify(patterns: readonly Uint8Array[]): { readonly classes: Uint8Array; readonly width: number } {
  const classes = new Uint8Array(256);
  for (const byte of [0x0a, 0x0d]) classes[byte] = LINE_BREAK;
  let width = LINE_BREAK + 1;
  for (const byte of new Set(patterns.flatMap((pattern) => [...pattern]))) classes[byte] = width++;
  return { classes, width };
}
