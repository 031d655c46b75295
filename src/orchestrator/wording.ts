/** How places and values of the file are named in a sentence. */
import type { Json, Node } from '../workflow/index.ts';
import { nodeAt, textOf, valueOf } from './nodes.ts';

const SHOWN = 60;

/** Text in quotes, with escapes, cut to a length that fits a sentence. */
export function quote(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}

/** What a value is, for "must be X, not Y". */
export function describeValue(value: Json): string {
  if (value === null) return 'empty';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a mapping';
  if (typeof value === 'string') return value === '' ? 'an empty text' : quote(value);
  return String(value);
}

/** Names the place that JSON pointer segments lead to, such as `item 2 of "expect" of task "api"`. */
export function describePlace(root: Node, segments: readonly string[]): string {
  const [first, second, ...rest] = segments;
  if (first === undefined) return 'the file';
  if (first !== 'tasks' || second === undefined) return describeKeys(segments, '');
  const name = textOf(valueOf(nodeAt(root, [first, second]), 'name'))?.text;
  const task = name === undefined ? `task ${Number(second) + 1}` : `task ${quote(name)}`;
  return rest.length === 0 ? task : describeKeys(rest, ` of ${task}`);
}

/** `env.CI`, or `item 2 of "expect"` when the last segment is an index. */
function describeKeys(segments: readonly string[], owner: string): string {
  const last = segments.at(-1) ?? '';
  if (segments.length > 1 && /^\d+$/.test(last)) {
    return `item ${Number(last) + 1} of ${describeKeys(segments.slice(0, -1), owner)}`;
  }
  return `${quote(segments.join('.'))}${owner}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
