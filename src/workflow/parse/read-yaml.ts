/**
 * YAML text to nodes, as GitHub's reader does it: scalars typed by the core schema, aliases replayed, five tags, no
 * merge keys, and limits that no text can pass.
 */
import { isAlias, isScalar, isSeq, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { SourceRange } from '../../shared/source.ts';
import { type ComposedText, composeYaml, type YamlOffsets as Offsets, type YamlDocument } from '../../shared/yaml.ts';
import type { MappingEntry, Node, ScalarNode } from '../model.ts';
import type { Faults } from './faults.ts';
import { foldLiteral } from './fold-literal.ts';
import { typedScalar } from './typed-scalar.ts';
import { hintForYaml } from './yaml-hints.ts';

const MAX_CHARACTERS = 1024 * 1024;
const MAX_DEPTH = 50;
const MAX_NODES = 50_000;
/** Many for so many nodes: each comes with spaces, line ends, colons and comments. */
const MAX_LEXEMES = 200_000;
/** What aliases may expand to, each character counted as the two bytes that it takes on GitHub. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Undefined when the text is not YAML or passes a limit; `faults` then says why. */
export function readYaml(text: string, faults: Faults): Node | undefined {
  if (text.length > MAX_CHARACTERS) {
    faults.error('too-large', `The maximum file size of ${MAX_CHARACTERS} characters has been exceeded`, undefined);
    return undefined;
  }
  const { composed, rangeOf } = composeYaml(text, { depth: MAX_DEPTH, lexemes: MAX_LEXEMES });
  if (composed.kind === 'limit') {
    const message = composed.limit === 'depth' ? 'Maximum object depth exceeded' : 'Maximum YAML nodes exceeded';
    faults.error('too-complex', message, { at: rangeOf(composed.offsets) });
    return undefined;
  }
  const { document, second } = composed;
  document.errors.forEach(({ message, pos }, index) =>
    // The first is what was meant otherwise; those behind it follow from it.
    faults.error('yaml-syntax', message, { at: rangeOf(pos) }, index === 0 ? hintForYaml(text, pos[0]) : undefined),
  );
  if (second !== undefined) faults.error('yaml-syntax', 'Expected one document', { at: rangeOf(second) });
  if (document.errors.length > 0 || second !== undefined) return undefined;
  return readContents(document, { text, rangeOf, faults });
}

/** Ends the reading; what was found is already among the faults. */
class Unreadable extends Error {}

interface Reading {
  readonly text: string;
  readonly rangeOf: ComposedText['rangeOf'];
  readonly faults: Faults;
}

function readContents(document: YamlDocument, reading: Reading): Node | undefined {
  if (document.contents === null) return { kind: 'scalar', value: null, at: reading.rangeOf([0, 0]) };
  try {
    return new NodeReader(reading).read(document.contents);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class NodeReader {
  readonly #reading: Reading;
  readonly #anchors = new Map<string, ParsedNode>();
  /** The nodes being read, to find an alias inside what it stands for. */
  readonly #open = new Set<ParsedNode>();
  #nodes = 0;
  #bytes = 0;
  #depth = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  read(node: ParsedNode): Node {
    if (isAlias(node)) return this.read(this.#target(node.source, node));
    if (++this.#nodes > MAX_NODES) this.#fail('too-complex', 'Maximum YAML nodes exceeded', node);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node);
    if (++this.#depth > MAX_DEPTH) this.#fail('too-complex', 'Maximum object depth exceeded', node);
    this.#open.add(node);
    const at = this.#at(node.range);
    const result: Node = isSeq(node)
      ? { kind: 'sequence', items: node.items.map((item) => this.read(item as ParsedNode)), at }
      : { kind: 'mapping', entries: this.#entries(node), at };
    this.#open.delete(node);
    this.#depth--;
    return result;
  }

  #target(name: string, alias: ParsedNode): ParsedNode {
    const target = this.#anchors.get(name);
    if (target === undefined) return this.#fail('yaml-alias', `Unknown anchor '${name}'`, alias);
    if (this.#open.has(target)) this.#fail('yaml-alias', `The alias '${name}' stands inside what it names`, alias);
    return target;
  }

  #entries(map: YAMLMap.Parsed): MappingEntry[] {
    return map.items.map((pair) => {
      const key = this.read(pair.key);
      if (key.kind !== 'scalar') return this.#fail('yaml-key', 'Expected a scalar value', pair.key);
      return { key, value: pair.value === null ? this.#missing(pair.key) : this.read(pair.value) };
    });
  }

  #scalar(node: Scalar.Parsed): ScalarNode {
    const read = typedScalar(node);
    if (!read.ok) this.#fail('yaml-tag', read.error, node);
    const value = read.ok ? read.value : null;
    if (typeof value === 'string') this.#bytes += 2 * value.length;
    if (this.#bytes > MAX_BYTES) this.#fail('too-complex', 'Maximum object size exceeded', node);
    return { kind: 'scalar', value: typeof value === 'string' ? foldLiteral(value) : value, at: this.#at(node.range) };
  }

  /** An empty value at the end of a mapping has no node of its own. */
  #missing(key: ParsedNode): ScalarNode {
    return { kind: 'scalar', value: null, at: this.#at([key.range[1], key.range[1]]) };
  }

  #at(range: Offsets | readonly [number, number, number]): SourceRange {
    return this.#reading.rangeOf([range[0], range[1]]);
  }

  #fail(code: string, message: string, node: ParsedNode): never {
    const { text, faults } = this.#reading;
    const hint = code === 'yaml-key' ? hintForYaml(text, node.range[0]) : undefined;
    faults.error(code, message, { at: this.#at(node.range) }, hint);
    throw new Unreadable(message);
  }
}
