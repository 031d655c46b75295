/** From the bytes of a journal to its events: what is damaged is reported and passed over, never thrown. */
import type { RunEvent } from '../engine/index.ts';
import { checkEvent } from './event-shape.ts';

export type JournalEntry =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'problem'; readonly problem: JournalProblem };

export interface JournalProblem {
  /** `torn`: the last line is not complete, as after a crash. `gap`: events are missing or out of order. */
  readonly code: 'torn' | 'bad-line' | 'unknown-type' | 'gap';
  /** Counts from 1. */
  readonly line: number;
  /** One sentence for people. */
  readonly message: string;
}

export interface JournalLines {
  /** The next bytes, cut anywhere; what they complete. */
  feed(bytes: Uint8Array): JournalEntry[];
  /** No more bytes will come: judges a last line without its end. */
  end(): JournalEntry[];
  /** Forgets the line begun: the writer took it back. */
  rewind(): void;
}

const NEWLINE = 0x0a;
/** No event is nearly as long; a file without line ends must not fill the memory. */
const LINE_LIMIT = 16 * 1024 * 1024;

export function journalLines(): JournalLines {
  const judge = lineJudge();
  let pieces: Uint8Array[] = [];
  let length = 0;
  const add = (piece: Uint8Array) => {
    length += piece.length;
    if (length <= LINE_LIMIT) pieces.push(piece);
    else pieces = [];
  };
  const take = (): string | undefined => {
    const text = length > LINE_LIMIT ? undefined : Buffer.concat(pieces).toString('utf8');
    pieces = [];
    length = 0;
    return text;
  };
  return {
    feed: (bytes) => {
      const entries: JournalEntry[] = [];
      let start = 0;
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
        add(bytes.subarray(start, at));
        entries.push(...judge(take(), true));
        start = at + 1;
      }
      // A copy (slice of a Buffer is none), since the caller may fill its buffer again.
      if (start < bytes.length) add(Uint8Array.from(bytes.subarray(start)));
      return entries;
    },
    end: () => (length === 0 ? [] : judge(take(), false)),
    rewind: () => void take(),
  };
}

/** Judges lines in turn; `text` is undefined for one beyond the limit. */
function lineJudge(): (text: string | undefined, complete: boolean) => JournalEntry[] {
  let line = 0;
  let seq = 0;
  // After a bad line the number to come is not known.
  let sure = true;
  const report = (code: JournalProblem['code'], message: string): JournalEntry => ({
    kind: 'problem',
    problem: { code, line, message },
  });
  const bad = (complete: boolean, why: string) => {
    sure = false;
    return complete
      ? [report('bad-line', `line ${line} is passed over: ${why}`)]
      : [report('torn', `line ${line}, the last, is not complete; what it would have told is lost`)];
  };
  return (text, complete) => {
    line++;
    if (text === undefined) return bad(complete, 'it is too long');
    const value = parse(text);
    if (value === undefined) return bad(complete, 'it is not JSON');
    const check = checkEvent(value.json);
    if (check.kind === 'bad') return bad(complete, check.why);
    const number = check.kind === 'event' ? check.event.seq : check.seq;
    if (number <= seq) return [report('gap', `line ${line} is passed over: event ${number} comes after event ${seq}`)];
    const entries: JournalEntry[] = [];
    if (sure && number > seq + 1)
      entries.push(report('gap', `before line ${line}, ${number - seq - 1} events are missing`));
    seq = number;
    sure = true;
    if (check.kind === 'event') entries.push(check);
    else
      entries.push(
        report(
          'unknown-type',
          `line ${line} is passed over: this version of orch does not know ${JSON.stringify(check.type)}`,
        ),
      );
    return entries;
  };
}

function parse(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
