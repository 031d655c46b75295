/** A terminal for tests: takes what is written to it and shows the lines that a person would see. */
import type { OutputStream } from '../terminal.ts';
import { createGrid, eraseBelow, eraseToRight, feedLine, moveUp, putCharacter, resizeGrid, topOf } from './grid.ts';

export interface VirtualTerminal extends OutputStream {
  /** What is on the screen, lines without trailing spaces, the last empty ones left out. */
  screen(): string[];
  /** Lines that have left the screen at its top. */
  history(): readonly string[];
  /** The column of the cursor, 0-based, and whether it can be seen. */
  cursor(): { readonly column: number; readonly visible: boolean };
  /** Narrows or widens as most terminals do: long lines are wrapped anew. */
  resize(columns: number, rows: number): void;
  /** The reader goes away: from now on every write fails. */
  hangUp(): void;
  /** All that was written. */
  readonly written: () => string;
}

const SEQUENCE = new RegExp(`${'\u001b'}\\[([?0-9;]*)([A-Za-z])|[^]`, 'gu');

export function createVirtualTerminal(width: number, height: number, isTTY = true): VirtualTerminal {
  const listeners = { error: new Set<() => void>(), resize: new Set<() => void>() };
  const grid = createGrid(width, height);
  let visible = true;
  let written = '';
  let gone = false;

  function obey(parameters: string, command: string): void {
    const sequence = /^\d+$/.test(parameters) ? command : `${parameters}${command}`;
    if (sequence === 'A') moveUp(grid, Number(parameters));
    else if (sequence === 'K') eraseToRight(grid);
    else if (sequence === 'J') eraseBelow(grid);
    else if (sequence === '?25l' || sequence === '?25h') visible = sequence === '?25h';
    else if (!/^\?2026[hl]$|m$/.test(sequence)) throw new Error(`this terminal does not know ${parameters}${command}`);
  }

  function show(text: string): void {
    for (const [piece, parameters, command] of text.matchAll(SEQUENCE)) {
      if (command !== undefined) obey(parameters ?? '', command);
      else if (piece === '\n') feedLine(grid, false);
      else if (piece === '\r') grid.column = 0;
      else putCharacter(grid, piece);
    }
  }

  return {
    isTTY,
    get columns() {
      return grid.columns;
    },
    get rows() {
      return grid.rows;
    },
    write(text, done) {
      written += text;
      if (gone) for (const listener of listeners.error) listener();
      else show(text);
      done?.();
    },
    on: (event, listener) => listeners[event].add(listener),
    off: (event, listener) => listeners[event].delete(listener),
    screen: () =>
      grid.lines
        .slice(topOf(grid))
        .map(({ text }) => text.trimEnd())
        .join('\n')
        .trimEnd()
        .split('\n'),
    history: () => grid.lines.slice(0, topOf(grid)).map(({ text }) => text.trimEnd()),
    cursor: () => ({ column: grid.column, visible }),
    resize(columns, rows) {
      resizeGrid(grid, columns, rows);
      for (const listener of listeners.resize) listener();
    },
    hangUp: () => {
      gone = true;
    },
    written: () => written,
  };
}
