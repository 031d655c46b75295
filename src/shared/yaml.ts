/** Hostile text to one YAML document, within limits that keep the parser from running away or overflowing. */
import type { Document, ParsedNode } from 'yaml';
import { Composer, Lexer, LineCounter, Parser } from 'yaml';
import type { Position, SourceRange } from './source.ts';

export type YamlDocument = Document.Parsed<ParsedNode, true>;

/** Characters from the start of the text; the end is behind the last one. Nothing at the start when it is the whole. */
export type YamlOffsets = readonly [start: number, end: number];

export interface ComposeLimits {
  /** Levels of sequences and mappings. */
  readonly depth: number;
  /** Words, spaces, colons and so on, comments included. */
  readonly lexemes: number;
}

export type Composed =
  | { readonly kind: 'limit'; readonly limit: keyof ComposeLimits; readonly offsets: YamlOffsets }
  /** `second` is where another document begins, which neither GitHub nor orch reads. */
  | { readonly kind: 'document'; readonly document: YamlDocument; readonly second?: YamlOffsets };

export interface ComposedText {
  readonly composed: Composed;
  readonly rangeOf: (offsets: YamlOffsets) => SourceRange;
}

/** YAML 1.2, core schema, no merge keys; doubled keys are left for the caller to find. Never throws. */
export function composeYaml(text: string, limits: ComposeLimits): ComposedText {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { line, column: col };
  };
  return {
    composed: compose(text, limits, lines),
    rangeOf: ([start, end]) => ({ start: position(start), end: position(Math.max(start, end)) }),
  };
}

function compose(text: string, limits: ComposeLimits, lines: LineCounter): Composed {
  const lexemes: string[] = [];
  // All of them before the first is parsed: taking a text apart is quick, putting it together is not.
  for (const lexeme of new Lexer().lex(text)) {
    if (lexemes.push(lexeme) > limits.lexemes) return { kind: 'limit', limit: 'lexemes', offsets: [0, 0] };
  }
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const documents: YamlDocument[] = [];
  // The composer recurses, and the process dies of an overflow deep inside it, so depth is watched while parsing.
  const maxOpen = 2 * limits.depth + 10;
  for (const lexeme of lexemes) {
    for (const token of parser.next(lexeme)) documents.push(...(composer.next(token) as Iterable<YamlDocument>));
    if (parser.stack.length > maxOpen) {
      return { kind: 'limit', limit: 'depth', offsets: [parser.offset - lexeme.length, parser.offset] };
    }
  }
  for (const token of parser.end()) documents.push(...(composer.next(token) as Iterable<YamlDocument>));
  documents.push(...(composer.end(true, text.length) as Iterable<YamlDocument>));
  const [document, second] = documents;
  if (document === undefined) throw new Error('the composer gave no document although it was told to');
  if (second === undefined) return { kind: 'document', document };
  const start = second.contents?.range[0] ?? second.range[0];
  return { kind: 'document', document, second: [start, start + 1] };
}
