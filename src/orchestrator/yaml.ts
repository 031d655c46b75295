/** YAML text to nodes that know where they were written, within limits that hostile text cannot pass. */

import type { Alias, Document, ParsedNode, Scalar, YAMLMap, YAMLParseError, YAMLSeq } from 'yaml';
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import type { Diagnostic } from '../shared/diagnostic.ts';
import type { SourceRange } from '../shared/source.ts';
import type { MappingEntry, MappingNode, Node, ScalarNode } from '../workflow/index.ts';
import { keyText } from './nodes.ts';

export interface YamlRead {
  /** Absent when the text is empty or is not YAML. */
  readonly node?: Node;
  readonly diagnostics: readonly Diagnostic[];
}

/** GitHub's reader stops at the same size and depth. */
export const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 50;
/** The composer recurses, and the process dies of an overflow deep inside it, so depth is watched while parsing. */
const MAX_OPEN_TOKENS = 2 * MAX_DEPTH + 10;
const MAX_LEXEMES = 100_000;
/** What aliases may expand to, so that a few lines cannot become gigabytes. */
const MAX_NODES = 50_000;
const MAX_TEXT = 10 * 1024 * 1024;
/** Garbage makes an error a line; the first few say it all. */
const MAX_SYNTAX_ERRORS = 10;

type YamlDocument = Document.Parsed<ParsedNode, true>;

/** Reads one YAML 1.2 document (core schema, no merge keys). Never throws; all mistakes found are returned. */
export function readYaml(text: string, file: string): YamlRead {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const source: Source = { file, lines, length: text.length };
  const composed = compose(text, source);
  if ('limit' in composed) return { diagnostics: [composed.limit] };
  const { document, extra } = composed;
  const syntax = [...document.errors, ...document.warnings].map((error) => describeError(error, source));
  if (extra !== undefined) {
    syntax.push(problem(source, 'yaml-syntax', 'a second YAML document begins here; the file must hold one', extra));
  }
  if (syntax.length > 0) return { diagnostics: cut(syntax) };
  if (document.contents === null) return { diagnostics: [] };
  const reader = new NodeReader(source);
  const node = reader.read(document.contents);
  return node === undefined ? { diagnostics: reader.diagnostics } : { node, diagnostics: reader.diagnostics };
}

interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  readonly length: number;
}

type Offsets = readonly [start: number, end: number];

function compose(
  text: string,
  source: Source,
): { readonly limit: Diagnostic } | { readonly document: YamlDocument; readonly extra?: Offsets } {
  const parser = new Parser(source.lines.addNewLine);
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const documents: YamlDocument[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...(composer.next(token) as Iterable<YamlDocument>));
    const here: Offsets = [parser.offset - lexeme.length, parser.offset];
    if (parser.stack.length > MAX_OPEN_TOKENS) {
      return { limit: problem(source, 'too-deep', `more than ${MAX_DEPTH} levels of nesting`, here) };
    }
    if (++lexemes > MAX_LEXEMES) {
      return { limit: problem(source, 'too-complex', 'the file has too many parts to be read', here) };
    }
  }
  for (const token of parser.end()) documents.push(...(composer.next(token) as Iterable<YamlDocument>));
  documents.push(...(composer.end(true, text.length) as Iterable<YamlDocument>));
  const [document, second] = documents;
  if (document === undefined) throw new Error('the composer gave no document although it was told to');
  if (second === undefined) return { document };
  const start = second.contents?.range[0] ?? second.range[0];
  return { document, extra: [start, start + 1] };
}

function problem(source: Source, code: string, message: string, offsets: Offsets): Diagnostic {
  return { severity: 'error', code, message, at: { file: source.file, range: rangeOf(source, offsets) } };
}

function rangeOf(source: Source, [start, end]: Offsets): SourceRange {
  return { start: position(source, start), end: position(source, Math.max(start, end)) };
}

function position(source: Source, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = source.lines.linePos(Math.max(0, Math.min(offset, source.length)));
  return { line, column: col };
}

function cut(syntax: readonly Diagnostic[]): readonly Diagnostic[] {
  if (syntax.length <= MAX_SYNTAX_ERRORS) return syntax;
  const rest = syntax.length - MAX_SYNTAX_ERRORS;
  const [first] = syntax;
  const more: Diagnostic = {
    severity: 'notice',
    code: 'more-errors',
    message: `${rest} more YAML errors are not shown`,
    ...(first?.at === undefined ? {} : { at: { file: first.at.file } }),
  };
  return [...syntax.slice(0, MAX_SYNTAX_ERRORS), more];
}

/** Our words for the mistakes people make; for the rest the parser's own sentence, which names the characters. */
const SENTENCES: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab cannot indent YAML; use spaces',
  BLOCK_AS_IMPLICIT_KEY: 'a list or mapping cannot begin here; is a line break or an indentation missing?',
  MULTILINE_IMPLICIT_KEY: 'a key must fit on one line; is a colon missing, or a quote not closed?',
  KEY_OVER_1024_CHARS: 'a key must be shorter than 1,024 characters; is a quote not closed?',
  BLOCK_IN_FLOW: 'a block cannot stand inside [ ] or { }',
  TAG_RESOLVE_FAILED: 'this tag is not known; only plain values are read',
  BAD_SCALAR_START: 'a plain value cannot begin with this character; put it in quotes',
  BAD_DQ_ESCAPE: 'not an escape sequence; in double quotes a backslash is written \\\\',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
};

function describeError(error: YAMLParseError | YamlDocument['warnings'][number], source: Source): Diagnostic {
  const message = SENTENCES[error.code] ?? lowerFirst(error.message);
  return problem(source, 'yaml-syntax', message, error.pos);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}

/** Turns the composed tree into nodes. Aliases are replayed; a mistake is noted and its node left out. */
class NodeReader {
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
    return { kind: 'scalar', value: null, at: rangeOf(this.#source, [end, end]) };
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
    return rangeOf(this.#source, [node.range[0], node.range[1]]);
  }

  #report(code: string, message: string, node: ParsedNode): void {
    this.diagnostics.push(problem(this.#source, code, message, [node.range[0], node.range[1]]));
  }
}
