/** A job's log: its output, masked, with lines of orch's own in between, and a glimpse of it for those who watch. */
import type { MachineError } from '../../shared/failure.ts';
import type { Masker } from '../../shared/mask.ts';
import { systemClock } from '../environments/index.ts';
import { createLastLine, type LastLine } from './last-line.ts';
import { openLogFile } from './log-file.ts';

export interface JobLogOptions {
  /** A file that does not exist yet, in a directory that does. */
  readonly path: string;
  /** It does exist, and is written on. */
  readonly goesOn?: boolean;
  readonly masker: Masker;
  /** Told the last line of the output, at most every `lineInterval` milliseconds (100 by default). */
  readonly onLine?: (line: string) => void;
  readonly lineInterval?: number;
  /** Told once when the log can no longer be written; what comes then is dropped. */
  readonly onFailure: (error: MachineError) => void;
  readonly clock?: { now(): number; after(milliseconds: number, call: () => void): () => void };
}

export interface JobLog {
  /** Output of the job. A promise when the disk is behind: wait for it before the next. The chunk must not change. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** A line of orch's own. It never splits a line of output that may hold a secret: then it comes after that. */
  note(line: string): void;
  /** A step begins: `lastLines` are its own. */
  mark(): void;
  /** The last that came since the mark, as people are shown it. */
  lastLines(): readonly string[];
  /** Size and sha256 (hex) are those of what is in the file. */
  close(): Promise<{ readonly path: string; readonly bytes: number; readonly sha256: string }>;
}

const LINE_FEED = 0x0a;

/** Rejects with a MachineError when the file cannot be made. */
export async function openJobLog(options: JobLogOptions): Promise<JobLog> {
  const { path, masker } = options;
  const file = await openLogFile(path, options);
  const stream = masker.stream();
  const lastLine = createLastLine();
  const watcher = createWatcher(options, lastLine);
  let notes: string[] = [];
  /** What came in last, and what went out last: whether a line is begun. */
  let lastIn = LINE_FEED;
  let lastOut = LINE_FEED;

  const append = (bytes: Uint8Array): void | Promise<void> => {
    lastOut = bytes.at(-1) ?? lastOut;
    return file.append(bytes);
  };
  const emit = (bytes: Uint8Array): void | Promise<void> => {
    if (bytes.length === 0) return;
    lastLine.push(bytes);
    watcher.push();
    return append(bytes);
  };
  const emitNotes = (): void => {
    // Orch's own bytes are few: the next chunk of output waits for the disk where it must.
    void emit(stream.end());
    for (const note of notes)
      void append(Buffer.from(`${lastOut === LINE_FEED ? '' : '\n'}${masker.maskText(note)}\n`));
    notes = [];
  };
  /** What is held back, since a secret might begin with it, has come to its end where the line has. */
  const endLine = (): void => {
    if (lastIn === LINE_FEED) void emit(stream.end());
  };
  const mayEmitNotes = (): boolean => notes.length > 0 && (stream.held() === 0 || lastIn === LINE_FEED);
  return {
    write: (chunk) => {
      lastIn = chunk.at(-1) ?? lastIn;
      const written = emit(stream.push(chunk));
      if (mayEmitNotes()) emitNotes();
      return written;
    },
    note: (line) => {
      notes.push(line.replaceAll(/\p{Cc}+/gu, ' '));
      if (mayEmitNotes()) emitNotes();
    },
    mark: () => {
      endLine();
      lastLine.mark();
    },
    lastLines: () => {
      endLine();
      return lastLine.lines();
    },
    close: async () => {
      emitNotes();
      watcher.close();
      return { path, ...(await file.close()) };
    },
  };
}

interface Watcher {
  /** There is more output. */
  push(): void;
  close(): void;
}

/** Tells of the last line at once, then again when the interval is over and there was more. */
function createWatcher(
  { onLine, lineInterval = 100, clock = systemClock }: JobLogOptions,
  lastLine: LastLine,
): Watcher {
  if (onLine === undefined) return { push: () => undefined, close: () => undefined };
  let told = '';
  let news = false;
  let callOff: (() => void) | undefined;
  const tell = (): void => {
    news = false;
    const line = lastLine.read();
    if (line !== told) onLine(line);
    told = line;
  };
  const tellOrRest = (): void => {
    callOff = undefined;
    if (!news) return;
    tell();
    callOff = clock.after(lineInterval, tellOrRest);
  };
  return {
    push: () => {
      news = true;
      if (callOff === undefined) tellOrRest();
    },
    close: () => {
      callOff?.();
      if (news) tell();
    },
  };
}
