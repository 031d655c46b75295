/** The `args` that a step gives a Docker action, divided into words as GitHub's runner divides them: single quotes mean nothing. */

/** A quote, or two, with the backslashes before it; other backslashes; blanks; anything else. */
const PART = /\\*""?|\\+|[ \t]+|[^"\\ \t]+/g;

export function splitArguments(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (const [part] of line.matchAll(PART)) {
    if (/^[ \t]/.test(part) && !isQuoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      const { text, turns } = readPart(part, isQuoted);
      word = (word ?? '') + text;
      if (turns) isQuoted = !isQuoted;
    }
  }
  return word === undefined ? words : [...words, word];
}

interface Part {
  readonly text: string;
  /** A quoted part begins or ends here. */
  readonly turns: boolean;
}

/** Before a quote backslashes come in pairs, and one that is left over makes the quote plain; so does a quote in quotes. */
function readPart(part: string, isQuoted: boolean): Part {
  if (!part.endsWith('"')) return { text: part, turns: false };
  const slashes = part.indexOf('"');
  const kept = '\\'.repeat(Math.floor(slashes / 2));
  const isDouble = part.endsWith('""');
  if (slashes % 2 === 1) return { text: `${kept}"`, turns: isDouble };
  return { text: isDouble && isQuoted ? `${kept}"` : kept, turns: !isDouble };
}
