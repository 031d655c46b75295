/** A log made fit for a terminal, whatever a task printed: colours stay, everything else that steers a terminal goes. */

export interface LogText {
  /** The next bytes, cut anywhere; what can be shown of them. */
  push(bytes: Uint8Array): string;
  /** The rest, and an end to all colours. */
  end(): string;
}

// Put into patterns by name: written there, a control character is not seen by its reader.
const ESC = '\u001b';
/** What a sequence begins with: escape, or one of the C1 controls that stand for escape and a letter. */
const BEGINNING = new RegExp(`[${ESC}\u0090\u0098\u009b\u009d-\u009f]`, 'g');
/** Control characters save tab and line end, and marks that turn the reading direction. */
const UNSEEN = /(?![\t\n])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const COLOUR = new RegExp(`^(?:${ESC}\\[|\u009b)[0-9;:]*m$`);
/** Longer sequences are none; they are shown without what began them. */
const LIMIT = 4096;

export function createLogText(): LogText {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  let coloured = false;
  const show = (text: string, last: boolean): string => {
    const parts: string[] = [];
    for (let at = 0; at < text.length; ) {
      BEGINNING.lastIndex = at;
      const start = BEGINNING.exec(text)?.index ?? text.length;
      parts.push(plain(text.slice(at, start)));
      const end = start === text.length ? start : endOfSequence(text, start);
      if (end === undefined && !last) {
        rest = text.slice(start);
        break;
      }
      const sequence = text.slice(start, end);
      if (end !== undefined && COLOUR.test(sequence)) {
        coloured = true;
        parts.push(sequence.replace('\u009b', `${ESC}[`));
      }
      at = end ?? start + 1;
    }
    return parts.join('');
  };
  const take = (more: string, last: boolean): string => {
    const text = rest + more;
    rest = '';
    // Carriage returns at the end may be the first half of a line end.
    const settled = last ? text : text.replace(/\r+$/, '');
    const shown = show(settled, last);
    if (settled.length < text.length) rest += '\r';
    return shown;
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true }), false),
    end: () => `${take(decoder.decode(), true)}${coloured ? `${ESC}[0m` : ''}`,
  };
}

/** Progress bars go back to the start of their line to write it again; here each state gets a line of its own. */
function plain(text: string): string {
  return text.replace(/\r+\n?/g, '\n').replace(UNSEEN, '');
}

/** By ECMA-48: the index behind the sequence that begins at `start`; undefined when its end is yet to come. */
function endOfSequence(text: string, start: number): number | undefined {
  const long = text[start] === ESC;
  if (long && start + 1 === text.length) return undefined;
  const kind = long ? text.charCodeAt(start + 1) : text.charCodeAt(start) - 0x40;
  const body = start + (long ? 2 : 1);
  if (kind === 0x5b) return endOfControl(text, pass(text, body, 0x30, 0x3f), 0x40);
  // P, X, ], ^ and _ begin strings.
  if ([0x50, 0x58, 0x5d, 0x5e, 0x5f].includes(kind)) return endOfString(text, body);
  return endOfControl(text, start + 1, 0x30);
}

/** Intermediates, then a final byte; what is neither ends the sequence before it. */
function endOfControl(text: string, at: number, final: number): number | undefined {
  const end = pass(text, at, 0x20, 0x2f);
  if (end === text.length) return undefined;
  const code = text.charCodeAt(end);
  return code >= final && code <= 0x7e ? end + 1 : end;
}

/** Terminators are consumed. Any other control ends it too, a line end above all: or one could hide the rest of the log. */
function endOfString(text: string, start: number): number | undefined {
  let at = start;
  while (at < text.length && at - start < LIMIT && !isControl(text.charCodeAt(at))) at++;
  if (at - start === LIMIT) return start;
  if (at === text.length) return undefined;
  if (text[at] === '\u0007' || text[at] === '\u009c') return at + 1;
  if (text[at] !== ESC) return at;
  if (at + 1 === text.length) return undefined;
  return text[at + 1] === '\\' ? at + 2 : at;
}

/** The index behind the characters from `low` to `high`; no real sequence has nearly as many. */
function pass(text: string, start: number, low: number, high: number): number {
  let at = start;
  while (at < text.length && at - start < LIMIT && text.charCodeAt(at) >= low && text.charCodeAt(at) <= high) at++;
  return at;
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}
