/** The stream that people look at: its size, what it can show, and what happens when nobody looks any more. */
import { Chalk, type ChalkInstance } from 'chalk';

/** As much of a writable stream as a display needs; `process.stdout` is one. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string, done?: () => void): unknown;
  on(event: 'error' | 'resize', listener: () => void): unknown;
  off(event: 'error' | 'resize', listener: () => void): unknown;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Terminal {
  readonly interactive: boolean;
  /** Its level is 0 where colour is not wanted. */
  readonly chalk: ChalkInstance;
  readonly unicode: boolean;
  /** In cells; a stream without a size is taken for 80 by 24. */
  size(): { readonly columns: number; readonly rows: number };
  /** Never throws; once the reader is gone, nothing is written any more. */
  write(text: string): void;
  onResize(call: () => void): () => void;
  /** Resolves when everything written has left, or can leave no more. */
  flush(): Promise<void>;
}

export function openTerminal(stream: OutputStream, env: Environment): Terminal {
  let gone = false;
  // Stays for the life of the process: a closed pipe (EPIPE) or terminal (EIO) may be noticed long after the last
  // write, and an unheard error would end the run.
  stream.on('error', () => {
    gone = true;
  });
  return {
    interactive: stream.isTTY === true && env['TERM'] !== 'dumb',
    chalk: new Chalk({ level: wantsColour(stream, env) ? 1 : 0 }),
    unicode: showsUnicode(env),
    size: () => ({ columns: positive(stream.columns) ?? 80, rows: positive(stream.rows) ?? 24 }),
    write(text) {
      if (gone) return;
      try {
        stream.write(text);
      } catch {
        gone = true;
      }
    },
    onResize(call) {
      stream.on('resize', call);
      return () => stream.off('resize', call);
    },
    flush() {
      return new Promise((resolve) => {
        if (gone) return resolve();
        stream.on('error', resolve);
        stream.write('', () => {
          stream.off('error', resolve);
          resolve();
        });
      });
    },
  };
}

function wantsColour(stream: OutputStream, env: Environment): boolean {
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** The locale decides, as it does for every other program; the Linux console has hardly any glyphs. */
function showsUnicode(env: Environment): boolean {
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return false;
  if (env['WT_SESSION'] || env['TERM_PROGRAM'] === 'vscode') return true;
  return /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '');
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
