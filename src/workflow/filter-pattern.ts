/**
 * GitHub's filter patterns for branches, tags, paths and names. Not those of a shell: `?` and `+` follow the character
 * that they repeat, and a pattern with `!` takes back what those before it chose.
 */

/** The patterns one after the other: the last that matches decides, and `!` in front decides against. */
export function matchesFilter(text: string, patterns: readonly string[]): boolean {
  let chosen = false;
  for (const pattern of patterns) {
    const takesBack = pattern.startsWith('!');
    if (chosen === takesBack && matchesPattern(text, takesBack ? pattern.slice(1) : pattern)) chosen = !takesBack;
  }
  return chosen;
}

/** Whether the whole text matches. The time is the product of both lengths, whatever the pattern. */
export function matchesPattern(text: string, pattern: string): boolean {
  const pieces = readPieces(pattern);
  // The pieces that may come next, for the part of the text that is behind us.
  let open = withoutOptional(new Set([0]), pieces, '/');
  for (const character of text) {
    const next = new Set<number>();
    for (const index of open) {
      const piece = pieces[index];
      if (piece === undefined || !piece.takes(character)) continue;
      if (piece.repeats) next.add(index);
      if (!piece.endsFolder || character === '/') next.add(index + 1);
    }
    open = withoutOptional(next, pieces, character);
    if (open.size === 0) return false;
  }
  return open.has(pieces.length);
}

interface Piece {
  readonly takes: (character: string) => boolean;
  /** It takes any number of characters, one at least unless it is optional. */
  readonly repeats: boolean;
  readonly optional: boolean;
  /** It ends with a slash, and stands for whole folders or for nothing. */
  readonly endsFolder?: boolean;
}

/** Adds what follows pieces that may stand for nothing. */
function withoutOptional(open: Set<number>, pieces: readonly Piece[], last: string): Set<number> {
  for (const index of open) {
    const piece = pieces[index];
    // What is added meanwhile is visited too.
    if (piece?.optional === true && (piece.endsFolder !== true || last === '/')) open.add(index + 1);
  }
  return open;
}

const ANY: Piece = { takes: () => true, repeats: true, optional: true };
const WITHIN_FOLDER: Piece = { takes: (character) => character !== '/', repeats: true, optional: true };
const FOLDERS: Piece = { ...ANY, endsFolder: true };

function readPieces(pattern: string): readonly Piece[] {
  const characters = Array.from(pattern);
  const pieces: Piece[] = [];
  for (let index = 0; index < characters.length; ) {
    const { piece, length } = readPiece(characters, index);
    index += length;
    const quantifier = characters[index];
    const repeated = quantifier === '?' || quantifier === '+';
    if (repeated) index++;
    pieces.push(repeated ? quantify(piece, quantifier) : piece);
  }
  return pieces;
}

function quantify(piece: Piece, quantifier: '?' | '+'): Piece {
  if (piece.optional) return piece;
  return quantifier === '?' ? { ...piece, optional: true } : { ...piece, repeats: true };
}

function readPiece(characters: readonly string[], index: number): { readonly piece: Piece; readonly length: number } {
  const character = characters[index] ?? '';
  const next = characters[index + 1];
  if (character === '*') {
    if (next !== '*') return { piece: WITHIN_FOLDER, length: 1 };
    const startsFolder = index === 0 || characters[index - 1] === '/';
    return startsFolder && characters[index + 2] === '/' ? { piece: FOLDERS, length: 3 } : { piece: ANY, length: 2 };
  }
  if (character === '[') {
    const close = characters.indexOf(']', index + 2);
    if (close !== -1) return { piece: readClass(characters.slice(index + 1, close)), length: close + 1 - index };
  }
  if (character === '\\' && next !== undefined) return { piece: literal(next), length: 2 };
  return { piece: literal(character), length: 1 };
}

function literal(expected: string): Piece {
  return { takes: (character) => character === expected, repeats: false, optional: false };
}

/** `[abc]` and `[a-z0-9]`. */
function readClass(members: readonly string[]): Piece {
  const ranges: (readonly [string, string])[] = [];
  for (let index = 0; index < members.length; index++) {
    const from = members[index] ?? '';
    const to = members[index + 1] === '-' ? members[index + 2] : undefined;
    ranges.push([from, to ?? from]);
    if (to !== undefined) index += 2;
  }
  const takes = (character: string): boolean => ranges.some(([from, to]) => character >= from && character <= to);
  return { takes, repeats: false, optional: false };
}
