/** Bytes of output to lines of text, at a bounded cost however long a line is. */

export interface LineReader {
  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): readonly string[];
  /** The last line, when it has no end of its own. */
  end(): readonly string[];
}

/** Characters. A longer line is handed on in pieces: nobody reads it, and a task must not fill the memory with it. */
const LONGEST = 1 << 20;

/** Lines end with `\n`, `\r\n` or a lone `\r`; what is not UTF-8 becomes U+FFFD. */
export function createLineReader(): LineReader {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let parts: string[] = [];
  let length = 0;
  let afterReturn = false;
  const flush = (): string => {
    const line = parts.join('');
    parts = [];
    length = 0;
    return line;
  };
  const take = (text: string): readonly string[] => {
    const lines: string[] = [];
    const pieces = (afterReturn && text.startsWith('\n') ? text.slice(1) : text).split(/\r\n|\r|\n/);
    if (text !== '') afterReturn = text.endsWith('\r');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) lines.push(flush());
      for (let at = 0; at < piece.length; at += LONGEST) {
        if (length >= LONGEST) lines.push(flush());
        const part = piece.slice(at, at + LONGEST);
        parts.push(part);
        length += part.length;
      }
    }
    return lines;
  };
  return {
    push: (bytes) => take(decoder.decode(bytes, { stream: true })),
    end: () => {
      const lines = take(decoder.decode());
      return length > 0 ? [...lines, flush()] : lines;
    },
  };
}

const ESCAPE = '\u001b';
const COLOUR = new RegExp(`${ESCAPE}\\[[0-9;]*m?`, 'g');

/** Text without the colours of a terminal, the way that GitHub's runner takes them out before it looks for problems. */
export function stripColours(line: string): string {
  return line.includes(ESCAPE) ? line.replaceAll(COLOUR, '') : line;
}
