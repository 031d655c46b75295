/** Adds a key to an orchestrator.yaml of somebody's own: every byte that is there stays as it is. */
import { isMap, isScalar, type Node, visit } from 'yaml';
import { err, ok, type Result } from '../shared/result.ts';
import { composeYaml } from '../shared/yaml.ts';

export interface Block {
  /** A key of the top level. */
  readonly key: string;
  /** Whole lines of YAML that begin with the key, comments before it perhaps; not indented. */
  readonly text: string;
}

/** `there`: the file has the key already. Otherwise why nothing can be added, a sentence without its full stop. */
type NotAdded = { readonly kind: 'there' } | { readonly kind: 'unfit'; readonly why: string };

const LIMITS = { depth: 100, lexemes: 100_000 };

/** The text with the block at its end, indented as its keys are and with its line ends. */
export function addBlock(text: string, block: Block): Result<string, NotAdded> {
  const before = read(text);
  if (typeof before === 'string') return unfit(before);
  if (before.has(block.key)) return err({ kind: 'there' });
  for (const gap of ['\n', '']) {
    const added = withBlock(text, block, before.indent, gap);
    // A value at the end of the file may go on in what was added; then it is not the same any more.
    const after = read(added);
    if (typeof after !== 'string' && after.has(block.key) && after.without(block.key) === before.without(block.key))
      return ok(added);
  }
  return unfit('it ends in a way that nothing can be added to');
}

function unfit(why: string): Result<string, NotAdded> {
  return err({ kind: 'unfit', why });
}

function withBlock(text: string, block: Block, indent: string, gap: string): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = block.text.trimEnd().split('\n');
  const added = lines.map((line) => (line === '' ? '' : `${indent}${line}`)).join('\n');
  const joint = text === '' || text.endsWith('\n') ? gap : `\n${gap}`;
  return `${text}${`${joint}${added}\n`.replaceAll('\n', end)}`;
}

interface ReadText {
  readonly indent: string;
  has(key: string): boolean;
  /** All values but the one of `key`, to be compared. */
  without(key: string): string;
}

/** Or why it is nothing that a key can be added to. */
function read(text: string): ReadText | string {
  const clean = text.replace(/^\uFEFF/, '');
  const { composed, rangeOf } = composeYaml(clean, LIMITS);
  if (composed.kind === 'limit') return 'it is too large';
  const { document, second } = composed;
  const { contents } = document;
  if (document.errors.length > 0 || second !== undefined) return 'it is no YAML that can be read; see orch validate';
  if (!isMap(contents) || contents.flow === true || contents.items.length === 0)
    return 'it is not made of lines of the form key: value';
  const { column } = rangeOf([contents.range[0], contents.range[0]]).start;
  return {
    indent: ' '.repeat(column - 1),
    has: (key) => contents.items.some((item) => isKey(item.key, key)),
    without: (key) =>
      JSON.stringify(contents.items.filter((item) => !isKey(item.key, key)).map((item) => leavesOf(item.value))),
  };
}

function isKey(node: unknown, key: string): boolean {
  return isScalar(node) && node.value === key;
}

/** Aliases are not followed: a small text may mean a huge value. */
function leavesOf(node: Node | null): readonly unknown[] {
  const leaves: unknown[] = [];
  if (node !== null)
    visit(node, {
      Scalar: (_, { value }) => void leaves.push(value),
      Alias: (_, { source }) => void leaves.push(source),
    });
  return leaves;
}
