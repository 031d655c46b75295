/** A block of lines at the end of the terminal that is redrawn in place, with lasting lines printed above it. */
import { displayWidth } from '../reports/index.ts';
import type { Terminal } from './terminal.ts';

export interface Screen {
  /** Shows these lines instead of the last ones. Each must be narrower than the terminal; colours do not count. */
  draw(lines: readonly string[]): void;
  /** A line that stays, above the block. */
  print(line: string): void;
  clear(): void;
}

/**
 * The cursor rests on the line below the block and is never hidden, so that no crash, not even `kill -9`, leaves the
 * terminal in a state that the user has to repair.
 */
export function createScreen(terminal: Terminal): Screen {
  let shown: readonly string[] = [];
  let drawnAt = 0;

  function draw(lines: readonly string[]): void {
    const { columns } = terminal.size();
    const same = columns === drawnAt;
    if (same && lines.length === shown.length && lines.every((line, i) => line === shown[i])) return;
    // A line that stands already is stepped over, which keeps slow connections quiet.
    const body = lines.map((line, i) => (same && line === shown[i] ? '\n' : `${line}\u001b[K\n`)).join('');
    write(`${home(columns)}${body}\u001b[J`);
    shown = lines;
    drawnAt = columns;
  }

  /** To the first line of what is shown; a terminal that was made narrower has wrapped the lines meanwhile. */
  function home(columns: number): string {
    const high = shown.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(withoutColour(line)) / columns)),
      0,
    );
    const up = Math.min(high, terminal.size().rows - 1);
    return up > 0 ? `\r\u001b[${up}A` : '\r';
  }

  function write(text: string): void {
    // Shown at once where the terminal knows how (private mode 2026), ignored elsewhere.
    terminal.write(`\u001b[?2026h${text}\u001b[?2026l`);
  }

  return {
    draw,
    print(line) {
      const lines = shown;
      write(`${home(terminal.size().columns)}${line}\u001b[K\n\u001b[J`);
      shown = [];
      draw(lines);
    },
    clear() {
      if (shown.length > 0) write(`${home(terminal.size().columns)}\u001b[J`);
      shown = [];
    },
  };
}

const SGR = new RegExp(`${'\u001b'}\\[[0-9;]*m`, 'g');

function withoutColour(line: string): string {
  return line.replace(SGR, '');
}
