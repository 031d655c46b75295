/**
 * From text to tree, with GitHub's own lexer and parser. Which names exist is not asked here, so that a tree can be
 * kept and used wherever the same text stands.
 */

import type { Expr } from '@actions/expressions/ast';
import { ExpressionError } from '@actions/expressions/errors';
import { type Token, TokenType } from '@actions/expressions/lexer';
import { Parser } from '@actions/expressions/parser';
import { err, ok, type Result } from '../../shared/result.ts';
import { buildTree } from './build-tree.ts';
import { ExpressionFailure, type ExpressionFault, faultAt } from './fault.ts';
import { isBuiltIn } from './functions.ts';
import { readTokens, type Tokens } from './tokens.ts';
import type { Expression, Reference } from './tree.ts';

const MAX_CACHED = 2000;
const cache = new Map<string, Result<Expression, ExpressionFault>>();

/** Parses the text, or takes the tree that the same text gave before. */
export function parseSyntax(text: string): Result<Expression, ExpressionFault> {
  const known = cache.get(text);
  if (known) return known;
  const result = parse(text);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, result);
  return result;
}

function parse(text: string): Result<Expression, ExpressionFault> {
  try {
    const tokens = readTokens(text);
    rejectTrailingComma(tokens, text);
    const names = findNames(tokens);
    const parsed = runParser(tokens, names, text);
    if (!parsed) return ok({ text, references: [] });
    const built = buildTree(parsed, { text, positions: tokens.positions });
    return ok({ text, root: built.root, references: built.references });
  } catch (error) {
    if (error instanceof ExpressionFailure) return err(error.fault);
    throw error;
  }
}

/** The parser knows no place where commas may not stand last; the runner does. */
function rejectTrailingComma({ tokens, positions }: Tokens, expression: string): void {
  tokens.forEach((token, index) => {
    if (token.type !== TokenType.RIGHT_PAREN || tokens[index - 1]?.type !== TokenType.COMMA) return;
    const position = positions.get(token) ?? 0;
    throw new ExpressionFailure(faultAt('parsing', 'Unexpected symbol', { text: token.lexeme, position, expression }));
  });
}

type Names = Readonly<Record<Reference['kind'], readonly string[]>>;

function findNames({ tokens }: Tokens): Names {
  const context: string[] = [];
  const functions: string[] = [];
  tokens.forEach((token, index) => {
    if (token.type !== TokenType.IDENTIFIER || tokens[index - 1]?.type === TokenType.DOT) return;
    if (tokens[index + 1]?.type !== TokenType.LEFT_PAREN) context.push(token.lexeme);
    else if (!isBuiltIn(token.lexeme)) functions.push(token.lexeme);
  });
  return { context, function: functions };
}

/** Every name is declared to the parser with any number of arguments: names are checked elsewhere. */
function runParser({ tokens, positions }: Tokens, names: Names, text: string): Expr | undefined {
  const functions = names.function.map((name) => ({ name, minArgs: 0, maxArgs: Number.MAX_SAFE_INTEGER }));
  const parser = new Parser([...tokens], [...names.context], functions);
  try {
    return parser.parse();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const index = tokens.findIndex((token) => token.range.start === error.pos);
    throw new ExpressionFailure(describe(error, { tokens, positions }, { index, text }));
  }
}

function describe(
  error: ExpressionError,
  { tokens, positions }: Tokens,
  { index, text }: { readonly index: number; readonly text: string },
): ExpressionFault {
  const problem = error.message.slice(0, error.message.indexOf(": '"));
  if (problem.startsWith('Exceeded')) return { kind: 'parsing', message: problem };
  const token: Token | undefined = tokens[index];
  const atEnd = token?.type === TokenType.EOF;
  const shown = atEnd ? tokens[index - 1] : token;
  return faultAt('parsing', atEnd ? 'Unexpected end of expression' : problem, {
    text: shown?.lexeme ?? '',
    position: (shown && positions.get(shown)) ?? 0,
    expression: text,
  });
}
