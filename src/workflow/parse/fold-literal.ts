/** `${{ 'text' }}` is GitHub's way to write a text that would be taken for something else: it is that text. */
const LONE_LITERAL = /^\$\{\{\s*'((?:[^']|'')*)'\s*\}\}$/;

/** The text that a lone literal expression stands for; any other text as it is. */
export function foldLiteral(text: string): string {
  const literal = text.startsWith('${{') ? LONE_LITERAL.exec(text)?.[1]?.replaceAll("''", "'") : undefined;
  // A text with an expression's opening in it would be read as one the next time.
  return literal === undefined || literal.includes('${{') ? text : literal;
}
