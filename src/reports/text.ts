/** Text of unknown origin made fit for one line, and measured the way a terminal shows it. */

// Spelled out where they are needed: a control character written into a pattern is not seen by its reader.
const ESC = '\u001b';
const BEL = '\u0007';
const CSI = `(?:${ESC}\\[|\u009b)[0-?]*[ -/]*[@-~]?`;
// OSC, DCS, SOS, PM and APC go on up to their terminator.
const STRINGS = `(?:${ESC}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^${BEL}${ESC}\u009c]*(?:${BEL}|${ESC}\\\\|\u009c)?`;
const ESCAPES = new RegExp(`${CSI}|${STRINGS}|${ESC}[ -/]*[0-~]?`, 'g');
// Control characters, marks that turn the reading direction, invisible joints and halves of surrogate pairs.
const UNSEEN = /\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const PLAIN = /^[ -~]*$/;
// What is shown as one character. Intl.Segmenter knows it better, and needs seconds for a long line.
// A joint joins nothing to a space: what is filled up behind it keeps its width.
const GRAPHEME = /\p{RI}\p{RI}|\P{M}[\p{M}\p{EMod}]*(?:\u200d[^\p{M}\s][\p{M}\p{EMod}]*)*|\p{M}+/gu;

/** One line without escape sequences, control characters or anything invisible; white space runs become one space. */
export function cleanText(text: string): string {
  if (PLAIN.test(text) && !text.includes('  ')) return text.trim();
  return text
    .replace(ESCAPES, '')
    .replace(/[\s\u0085]/g, ' ')
    .replace(UNSEEN, '')
    .replace(/ +/g, ' ')
    .trim();
}

/** As `cleanText`, but indented as it was: what a program printed means less without. */
export function cleanOutput(text: string): string {
  const indent = /^ */.exec(text)?.[0] ?? '';
  return `${indent}${cleanText(text)}`.trimEnd();
}

/** Columns that the text takes in a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme);
  return width;
}

/** At most `width` columns; what is cut off at the end is shown by an ellipsis. */
export function clip(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text;
  const room = Math.max(0, width - displayWidth(ellipsis));
  // Most texts have a column a character; finding what is shown as one character takes long.
  const kept = PLAIN.test(text) ? text.slice(0, room) : take(graphemes(text), room);
  return `${kept.trimEnd()}${width > 0 ? ellipsis : ''}`;
}

/** As `clip`, but cut in the middle: the names of a matrix differ at their end. */
export function clipMiddle(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room < 4) return clip(text, width, ellipsis);
  const all = graphemes(text);
  const tail = take([...all].reverse(), Math.floor(room / 2));
  const end = graphemes(tail).reverse().join('');
  return `${take(all, room - displayWidth(end))}${ellipsis}${end}`;
}

/** Filled with spaces up to `width` columns. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Broken at spaces into lines of at most `width` columns; a word that is longer than that is broken anywhere. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && displayWidth(line) + 1 + displayWidth(rest) > width) {
      lines.push(line);
      line = '';
    }
    while (displayWidth(rest) > width) {
      const head = take(graphemes(rest), width) || rest;
      lines.push(head);
      rest = rest.slice(head.length);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

function graphemes(text: string): string[] {
  return text.match(GRAPHEME) ?? [];
}

function take(all: readonly string[], width: number): string {
  let taken = '';
  let used = 0;
  for (const grapheme of all) {
    used += graphemeWidth(grapheme);
    if (used > width) break;
    taken += grapheme;
  }
  return taken;
}

function graphemeWidth(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) || grapheme.includes('\ufe0f') ? 2 : 1;
}
