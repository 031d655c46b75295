/** YAML text to nodes that know where they were written, within limits that hostile text cannot pass. */
import type { YAMLParseError } from 'yaml';
import type { Diagnostic } from '../shared/diagnostic.ts';
import { composeYaml, type YamlDocument } from '../shared/yaml.ts';
import type { Node } from '../workflow/index.ts';
import { MAX_DEPTH, NodeReader } from './yaml-nodes.ts';
import { problem, type Source } from './yaml-place.ts';

export interface YamlRead {
  /** Absent when the text is empty or is not YAML. */
  readonly node?: Node;
  readonly diagnostics: readonly Diagnostic[];
}

/** GitHub's reader stops at the same size. */
export const MAX_BYTES = 1024 * 1024;
const MAX_LEXEMES = 100_000;
/** Garbage makes an error a line; the first few say it all. */
const MAX_SYNTAX_ERRORS = 10;

const LIMITS = {
  depth: { code: 'too-deep', message: `more than ${MAX_DEPTH} levels of nesting` },
  lexemes: { code: 'too-complex', message: 'the file has too many parts to be read' },
};

/** Reads one YAML 1.2 document (core schema, no merge keys). Never throws; all mistakes found are returned. */
export function readYaml(text: string, file: string): YamlRead {
  const { composed, rangeOf } = composeYaml(text, { depth: MAX_DEPTH, lexemes: MAX_LEXEMES });
  const source: Source = { file, rangeOf };
  if (composed.kind === 'limit') {
    const { limit, offsets } = composed;
    return { diagnostics: [problem(source, LIMITS[limit].code, LIMITS[limit].message, offsets)] };
  }
  const { document, second } = composed;
  const syntax = [...document.errors, ...document.warnings].map((error) => describeError(error, source));
  if (second !== undefined) {
    syntax.push(problem(source, 'yaml-syntax', 'a second YAML document begins here; the file must hold one', second));
  }
  if (syntax.length > 0) return { diagnostics: cut(syntax) };
  if (document.contents === null) return { diagnostics: [] };
  const reader = new NodeReader(source);
  const node = reader.read(document.contents);
  return node === undefined ? { diagnostics: reader.diagnostics } : { node, diagnostics: reader.diagnostics };
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
