/** How GitHub compares text: by characters, without regard to case, and by no language's rules. */
const ASCII = /^[\0-\x7f]*$/;

/**
 * Two texts are the same to GitHub when their folds are equal. One character becomes one character, as in .NET's
 * ordinal comparison: `ß` is not `SS`, and the dotless `ı` is not `I`.
 */
export function foldCase(text: string): string {
  if (ASCII.test(text)) return text.toUpperCase();
  let folded = '';
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

function foldCharacter(character: string): string {
  if (character === 'ı') return character;
  const upper = character.toUpperCase();
  if (upper.length === character.length) return upper;
  // JavaScript knows only the long form of such a capital (`ᾳ` to `ΑΙ`); its small form tells the pair apart as well.
  const lower = character.toLowerCase();
  return lower.length === character.length ? lower : character;
}

export function sameText(a: string, b: string): boolean {
  return a === b || foldCase(a) === foldCase(b);
}
