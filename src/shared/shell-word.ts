/** Texts as single words of a POSIX shell. */

/** One word, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
