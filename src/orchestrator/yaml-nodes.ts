/** From the tree that the YAML parser composed to nodes with ranges: aliases replayed, keys checked, growth bounded. */
import type { Alias, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Diagnostic } from '../shared/diagnostic.ts';
import type { SourceRange } from '../shared/source.ts';
import type { MappingEntry, MappingNode, Node, ScalarNode } from '../workflow/index.ts';
import { keyText } from './nodes.ts';
import { problem, type Source } from './yaml-place.ts';

/** GitHub's reader stops at the same depth. */
export const MAX_DEPTH = 50;
/** What aliases may expand to, so that a few lines cannot become gigabytes. */
const MAX_NODES = 50_000;
const MAX_TEXT = 10 * 1024 * 1024;

/** Turns the composed tree into nodes. Aliases are replayed; a mistake is noted and its node left out. */
export class NodeReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: Source;
  readonly #anchors = new Map<string, ParsedNode>();
  /** The anchored nodes being read, to find an alias inside what it stands for. */
  readonly #open = new Set<ParsedNode>();
  #nodes = 0;
  #text = 0;
  #depth = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  read(node: ParsedNode): Node | undefined {
    if (isAlias(node)) return this.#alias(node);
    if (this.#exhausted(node)) return undefined;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    this.#depth++;
    const result = this.#plain(node);
    this.#depth--;
    this.#open.delete(node);
    return result;
  }

  #plain(node: Exclude<ParsedNode, Alias.Parsed>): Node | undefined {
    if (isMap(node)) return this.#mapping(node);
    if (isSeq(node)) return this.#sequence(node);
    return this.#scalar(node);
  }

  #exhausted(node: ParsedNode): boolean {
    if (this.#nodes > MAX_NODES || this.#text > MAX_TEXT) return true;
    this.#nodes++;
    if (isScalar(node) && typeof node.value === 'string') this.#text += node.value.length;
    if (this.#nodes > MAX_NODES || this.#text > MAX_TEXT) {
      this.#report('too-complex', 'the file, its aliases expanded, is too large to be read', node);
      return true;
    }
    if (this.#depth >= MAX_DEPTH) {
      this.#report('too-deep', `more than ${MAX_DEPTH} levels of nesting`, node);
      return true;
    }
    return false;
  }

  #alias(alias: Alias.Parsed): Node | undefined {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      this.#report('yaml-alias', `no anchor &${alias.source} stands before this alias`, alias);
      return undefined;
    }
    if (this.#open.has(target)) {
      this.#report('yaml-alias', `the alias *${alias.source} stands inside what it names`, alias);
      return undefined;
    }
    return this.read(target);
  }

  #scalar(node: Scalar.Parsed): ScalarNode {
    // The core schema, without tags of its own, makes nothing but these.
    return { kind: 'scalar', value: node.value as ScalarNode['value'], at: this.#range(node) };
  }

  #sequence(node: YAMLSeq.Parsed): Node {
    const items = node.items.flatMap((item) => this.read(item as ParsedNode) ?? []);
    return { kind: 'sequence', items, at: this.#range(node) };
  }

  #mapping(node: YAMLMap.Parsed): MappingNode {
    const seen = new Map<string, SourceRange>();
    const entries: MappingEntry[] = [];
    for (const pair of node.items) {
      const key = this.#key(pair.key);
      // An empty value at the end of a mapping has no node of its own.
      const value = pair.value === null ? this.#missing(pair.key) : this.read(pair.value);
      if (key === undefined || value === undefined) continue;
      this.#unique(key, seen);
      entries.push({ key, value });
    }
    return { kind: 'mapping', entries, at: this.#range(node) };
  }

  #key(node: ParsedNode): ScalarNode | undefined {
    const key = this.read(node);
    if (key?.kind === 'scalar' && key.value !== null) return key;
    if (key !== undefined) this.#report('yaml-key', 'a key must be a plain word or text', node);
    return undefined;
  }

  #missing(key: ParsedNode): ScalarNode {
    const end = key.range[1];
    return { kind: 'scalar', value: null, at: this.#source.rangeOf([end, end]) };
  }

  /** GitHub compares keys without regard to case, and so does everything that is exported to it. */
  #unique(key: ScalarNode, seen: Map<string, SourceRange>): void {
    const name = keyText(key);
    const before = seen.get(name.toLowerCase());
    if (key.at === undefined) return;
    if (before === undefined) {
      seen.set(name.toLowerCase(), key.at);
      return;
    }
    const { file } = this.#source;
    this.diagnostics.push({
      severity: 'error',
      code: 'duplicate-key',
      message: `the key ${JSON.stringify(name)} is written twice`,
      at: { file, range: key.at },
      related: [{ message: 'first written here', at: { file, range: before } }],
    });
  }

  #range(node: ParsedNode): SourceRange {
    return this.#source.rangeOf([node.range[0], node.range[1]]);
  }

  #report(code: string, message: string, node: ParsedNode): void {
    this.diagnostics.push(problem(this.#source, code, message, [node.range[0], node.range[1]]));
  }
}
