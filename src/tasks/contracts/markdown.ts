/**
 * The sections of a Markdown document: headings as CommonMark has them, and the lines below each. Headings in fenced
 * code, comments, quotes and lists are text. Time is linear in the text, whatever it holds.
 */

export interface MarkdownLine {
  readonly text: string;
  /** From 1, in the file. */
  readonly number: number;
}

export interface Section {
  /** As written, without its marks. */
  readonly title: string;
  /** 1 to 6. */
  readonly level: number;
  /** The heading's line, from 1. */
  readonly line: number;
  /** What stands below it, subsections included, comments taken out. */
  readonly lines: readonly MarkdownLine[];
}

interface Heading {
  readonly title: string;
  readonly level: number;
  readonly line: number;
  /** Where its text begins among the lines that count. */
  readonly from: number;
}

/** What a line may stand in, apart from plain text. */
type Inside = { readonly kind: 'fence'; readonly mark: string } | { readonly kind: 'comment' } | undefined;

interface Reading {
  readonly lines: MarkdownLine[];
  readonly headings: Heading[];
  inside: Inside;
}

const ATX = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
/** Of a line that a heading's underline cannot belong to: indented code, lists, quotes, tables, headings, markup. */
const NO_PARAGRAPH = /^(?: {4}|\t| {0,3}(?:[-*+>|#<]|\d{1,9}[.)](?:[ \t]|$)))/;

/** `first` is the number of the text's first line. */
export function readSections(text: string, first = 1): readonly Section[] {
  const reading: Reading = { lines: [], headings: [], inside: undefined };
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries())
    readLine(reading, { text: line, number: first + index });
  const { headings, lines } = reading;
  const ends = endsOf(headings, lines.length);
  return headings.map(({ title, level, line, from }, index) => ({
    title,
    level,
    line,
    lines: lines.slice(from, ends[index]),
  }));
}

/** Each section goes on to the next heading that is not below it. */
function endsOf(headings: readonly Heading[], length: number): readonly number[] {
  const ends: number[] = headings.map(() => length);
  const open: number[] = [];
  for (const [index, { level, from }] of headings.entries()) {
    while (open.length > 0 && (headings[open.at(-1) ?? 0]?.level ?? 0) >= level) ends[open.pop() ?? 0] = from - 1;
    open.push(index);
  }
  return ends;
}

function readLine(reading: Reading, line: MarkdownLine): void {
  const { inside } = reading;
  if (inside?.kind === 'fence') return readFenced(reading, line, inside.mark);
  if (inside?.kind === 'comment') return readComment(reading, line, line.text);
  const fence = FENCE.exec(line.text);
  const [, mark = '', info = ''] = fence ?? [];
  if (fence !== null && !(mark.startsWith('`') && info.includes('`'))) {
    reading.inside = { kind: 'fence', mark };
    return;
  }
  const comment = /^ {0,3}<!--/.exec(line.text);
  if (comment !== null) return readComment(reading, line, line.text.slice(comment[0].length));
  readText(reading, { ...line, text: withoutComments(line.text) });
}

/** Code is text; the fences are not. */
function readFenced(reading: Reading, line: MarkdownLine, mark: string): void {
  const closing = line.text.trim();
  const isClosing = closing.length >= mark.length && closing === mark.charAt(0).repeat(closing.length);
  if (isClosing && /^ {0,3}\S/.test(line.text)) reading.inside = undefined;
  else reading.lines.push(line);
}

/** What follows a comment in its last line is no heading, as in CommonMark, though it is text. */
function readComment(reading: Reading, line: MarkdownLine, text: string): void {
  const end = text.indexOf('-->');
  reading.inside = end < 0 ? { kind: 'comment' } : undefined;
  if (end >= 0) reading.lines.push({ ...line, text: withoutComments(text.slice(end + 3)) });
}

function readText(reading: Reading, line: MarkdownLine): void {
  const [, marks, title = ''] = ATX.exec(line.text) ?? [];
  if (marks !== undefined) {
    addHeading(reading, {
      title: title.replace(/(?:^|[ \t])#+[ \t]*$/, '').trim(),
      level: marks.length,
      line: line.number,
    });
    return;
  }
  const [, underline] = UNDERLINE.exec(line.text) ?? [];
  const above = underline === undefined ? undefined : titleAbove(reading, line.number);
  if (underline === undefined || above === undefined) return void reading.lines.push(line);
  reading.lines.pop();
  addHeading(reading, { title: above.text.trim(), level: underline.startsWith('=') ? 1 : 2, line: above.number });
}

/** The heading itself takes a place among the lines, an empty one, so that sections know where they end. */
function addHeading(reading: Reading, heading: Omit<Heading, 'from'>): void {
  reading.lines.push({ text: '', number: heading.line });
  reading.headings.push({ ...heading, from: reading.lines.length });
}

/** Of the line that an underline makes a heading of: one alone, directly above. */
function titleAbove({ lines }: Reading, number: number): MarkdownLine | undefined {
  const above = lines.at(-1);
  if (above === undefined || above.number !== number - 1) return undefined;
  if (above.text.trim() === '' || NO_PARAGRAPH.test(above.text)) return undefined;
  const before = lines.at(-2);
  return before === undefined || before.text.trim() === '' ? above : undefined;
}

/** Comments that begin and end in a line of text. */
function withoutComments(text: string): string {
  let kept = '';
  let at = 0;
  for (;;) {
    const from = text.indexOf('<!--', at);
    const to = from < 0 ? -1 : text.indexOf('-->', from + 4);
    if (to < 0) return kept + text.slice(at);
    kept += text.slice(at, from);
    at = to + 3;
  }
}
