/** Reads an expression's tokens with GitHub's lexer, and mends what it reads otherwise than the runner does. */
import { Lexer, type Token, TokenType } from '@actions/expressions/lexer';
import { ExpressionFailure, faultAt } from './fault.ts';
import { parseNumber } from './numbers.ts';
import { MAX_LENGTH } from './tree.ts';

export interface Tokens {
  readonly tokens: readonly Token[];
  readonly positions: ReadonlyMap<Token, number>;
}

/** @throws ExpressionFailure of kind `lexing`, or `parsing` when the text is too long. */
export function readTokens(text: string): Tokens {
  if (text.length > MAX_LENGTH) {
    throw new ExpressionFailure({ kind: 'parsing', message: `Exceeded max expression length ${MAX_LENGTH}` });
  }
  const { tokens } = lex(text);
  const positions = locate(tokens, text);
  for (const token of tokens) {
    if (token.type === TokenType.STRING) token.value = token.lexeme.slice(1, -1).replaceAll("''", "'");
    if (token.type === TokenType.NUMBER && token.lexeme !== 'NaN') {
      token.value = parseNumber(token.lexeme);
      if (Number.isNaN(token.value)) throw unexpected(token.lexeme, positions.get(token) ?? 0, text);
    }
  }
  return { tokens, positions };
}

function lex(text: string): { readonly tokens: Token[] } {
  const lexer = new Lexer(withPlainSpaces(text));
  try {
    return lexer.lex();
  } catch (error) {
    // The lexer throws plain errors; its message is the only place that says which symbol it was.
    const match = /^Unexpected symbol: '(.*)'\. Located at position (\d+) within/s.exec(messageOf(error));
    if (!match) throw error;
    throw unexpected(match[1] ?? '', Number(match[2]) - 1, text);
  }
}

function unexpected(symbol: string, position: number, expression: string): ExpressionFailure {
  return new ExpressionFailure(faultAt('lexing', 'Unexpected symbol', { text: symbol, position, expression }));
}

/** The runner takes any white space between tokens, the lexer only the four usual characters. */
function withPlainSpaces(text: string): string {
  if (!/[^\S \t\r\n]/.test(text)) return text;
  return text.replace(/'[^']*'?|[^\S \t\r\n]/g, (part) => (part.startsWith("'") ? part : ' '));
}

/** Offsets by counting, since the lexer's columns go wrong after a line break inside a string. */
function locate(tokens: readonly Token[], text: string): ReadonlyMap<Token, number> {
  const positions = new Map<Token, number>();
  let offset = 0;
  for (const token of tokens) {
    if (token.type !== TokenType.EOF) {
      while (/\s/.test(text[offset] ?? '')) offset += 1;
    }
    positions.set(token, offset);
    offset += token.lexeme.length;
  }
  return positions;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
