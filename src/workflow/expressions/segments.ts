/** Where the expressions are in a text of a workflow file. */
import { err, ok, type Result } from '../../shared/result.ts';

export type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string };

const OPEN = '${{';
const NOT_CLOSED =
  'The expression is not closed. An unescaped ${{ sequence was found, but the closing }} sequence was not found.';

export function hasExpression(text: string): boolean {
  return text.includes(OPEN);
}

/** Splits a text; the expressions come trimmed, without their braces. The error is a sentence. */
export function splitText(text: string): Result<readonly Segment[], string> {
  const segments: Segment[] = [];
  let index = 0;
  for (;;) {
    const open = text.indexOf(OPEN, index);
    if (open === -1) break;
    if (open > index) segments.push({ kind: 'text', text: text.slice(index, open) });
    const close = findClose(text, open + OPEN.length);
    if (close === undefined) return err(NOT_CLOSED);
    const expression = text.slice(open + OPEN.length, close).trim();
    if (expression === '') return err('An expression was expected');
    segments.push({ kind: 'expression', text: expression });
    index = close + 2;
  }
  if (index < text.length) segments.push({ kind: 'text', text: text.slice(index) });
  return ok(segments);
}

/** The first `}}` outside single quotes; a doubled quote opens and closes, which comes to the same. */
function findClose(text: string, from: number): number | undefined {
  let inString = false;
  for (let index = from; index < text.length; index++) {
    if (text[index] === "'") inString = !inString;
    else if (!inString && text[index] === '}' && text[index + 1] === '}') return index;
  }
  return undefined;
}

/** The one expression that the runner makes of text with expressions among it. */
export function formatCall(segments: readonly Segment[]): string {
  const args: string[] = [];
  const pattern = segments.map(({ kind, text }) => {
    if (kind === 'text') return text.replaceAll("'", "''").replaceAll('{', '{{').replaceAll('}', '}}');
    args.push(text);
    return `{${args.length - 1}}`;
  });
  return `format(${[`'${pattern.join('')}'`, ...args].join(', ')})`;
}
