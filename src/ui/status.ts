/** Where a run stands, at a glance: a line for the run, a line a leg, and why what failed did. */
import {
  cleanText,
  clip,
  countsInWords,
  displayWidth,
  type LegView,
  nounFor,
  plural,
  type RunState,
  type RunView,
  recordedReason,
  type Standing,
  wrapText,
} from '../reports/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import { unreachable } from '../shared/result.ts';
import { wordsFor } from './leg-words.ts';
import { type Look, layLine, type Piece, paintOf } from './look.ts';

export interface StatusInput {
  readonly run: string;
  readonly view: RunView;
  readonly state: RunState;
  readonly look: Look;
  readonly columns: number;
  /** Milliseconds since 1970, to compare with the run's times. */
  readonly now: number;
  /** Commands to type next, with what for. */
  readonly next: readonly (readonly [string, string])[];
}

/** A reason that needs more lines is in the summary. */
const REASON_LINES = 3;

/** Ends with a line end. */
export function renderStatus(input: StatusInput): string {
  const { view, look, columns, next } = input;
  const rows = view.legs.flatMap(rowMaker(input));
  const widest = next.reduce((most, [what]) => Math.max(most, what.length), 0);
  const commands = next.map(([what, command]) => `${what.padEnd(widest)}  ${look.chalk.cyan(command)}`);
  const blocks = [
    head(input),
    rows,
    view.legs.length === 0 ? [] : wrapText(countsOf(input), columns).map((line) => look.chalk.bold(line)),
    commands,
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
    .join('\n');
}

function head(input: StatusInput): string[] {
  const { run, view, state, look, columns } = input;
  const { chalk } = look;
  const paint = HEAD_PAINT[view.finished?.result ?? state];
  const { name = 'run', title } = view.started ?? {};
  const named = title === undefined ? name : `${name} ${look.dot} ${title}`;
  const heading = `${cleanText(named)} ${look.dot} ${run}`;
  const words = wrapText(cleanText(headWords(input)), columns).map((line) => chalk[paint](line));
  return [...wrapText(heading, columns).map((line) => chalk.bold(line)), ...words];
}

const HEAD_PAINT = {
  starting: 'cyan',
  running: 'cyan',
  cancelling: 'yellow',
  crashed: 'red',
  finished: 'cyan',
  paused: 'yellow',
  success: 'green',
  incomplete: 'yellow',
  failure: 'red',
  cancelled: 'yellow',
} as const;

const RESULTS = {
  success: 'succeeded',
  failure: 'failed',
  cancelled: 'was cancelled',
  incomplete: 'is incomplete',
  paused: 'is paused',
} as const;

function headWords({ view, state, now }: StatusInput): string {
  const { firstTime, lastTime, cancelling } = view;
  switch (state) {
    case 'starting':
      return 'starting';
    case 'running':
      return firstTime === undefined ? 'running' : `running for ${span(firstTime, now)}`;
    case 'cancelling':
      return cancelling === undefined ? 'stopping' : `stopping: ${cancelling.message}`;
    case 'crashed': {
      if (cancelling !== undefined) return `ended at once while it was stopping: ${cancelling.message}`;
      const heard = lastTime === undefined ? '' : `; the last that was heard of it is ${span(lastTime, now)} old`;
      return `crashed: its process is gone, and it did not come to its end${heard}`;
    }
    case 'paused':
    case 'finished':
      return endWords(view, now);
    default:
      return unreachable(state);
  }
}

function endWords({ finished, duration, lastTime }: RunView, now: number): string {
  const ended = lastTime === undefined ? '' : `, ${span(lastTime, now)} ago`;
  return `${finished === undefined ? 'ended' : RESULTS[finished.result]} after ${formatDuration(duration)}${ended}`;
}

/** The lines of a leg; columns are the same for all of them. */
function rowMaker({ view, state, look, columns, now }: StatusInput): (leg: LegView) => string[] {
  const widest = view.legs.reduce((most, { name }) => Math.max(most, displayWidth(cleanText(name))), 0);
  const mark = displayWidth(look.marks.running) + 1;
  const name = Math.max(8, Math.min(widest, 36, columns - mark - TIME));
  const retried = view.legs.some(({ attempt }) => (attempt?.of ?? 1) > 1);
  const attempts = retried && columns - mark - TIME - name >= 5 ? 5 : 0;
  const room = columns - mark - name - attempts - TIME - 2;
  const over = isOver(state);
  return (leg) => {
    const { standing } = leg;
    const paint = paintOf(look, over && standing === 'running' ? 'failed' : standing);
    const { beside, below } = place(leg, wordsFor(leg, over), room);
    const line = layLine(
      [
        { text: `${look.marks[standing]} `, paint },
        nameOf(leg, name, look),
        { text: attemptOf(leg), width: attempts, paint: look.chalk.yellow },
        { text: elapsed(leg, over, now).padStart(TIME), paint: look.chalk.dim },
        { text: beside === '' ? '' : `  ${beside}`, paint: standing === 'failed' ? paint : look.chalk.dim },
      ],
      columns,
      look.ellipsis,
    );
    const more = shorten(wrapText(below, columns - mark), look);
    return [line.trimEnd(), ...more.map((text) => `${' '.repeat(mark)}${paint(text)}`)];
  };
}

/** What fits stands beside the name, the rest below; what the mark alone says well enough may go. */
function place(leg: LegView, said: string, room: number): { readonly beside: string; readonly below: string } {
  const words = cleanText(said);
  const reason = cleanText(recordedReason(leg) ?? '');
  const whole = reason === '' ? words : `${words}: ${reason}`;
  if (displayWidth(whole) <= room) return { beside: whole, below: '' };
  if (displayWidth(words) <= room) return { beside: words, below: reason };
  return { beside: '', below: OBVIOUS.has(leg.standing) && leg.review === undefined ? '' : whole };
}

const TIME = 8;
const OBVIOUS: ReadonlySet<Standing> = new Set(['waiting', 'succeeded', 'reused']);

function nameOf(leg: LegView, width: number, look: Look): Piece {
  const piece: Piece = { text: cleanText(leg.name), width, cut: 'middle' };
  return look.quiet.has(leg.standing) ? { ...piece, paint: look.chalk.dim } : piece;
}

function shorten(lines: readonly string[], look: Look): readonly string[] {
  const last = lines[REASON_LINES - 1];
  if (lines.length <= REASON_LINES || last === undefined) return lines;
  const cut = clip(`${last}${look.ellipsis}`, displayWidth(last), look.ellipsis);
  return [...lines.slice(0, REASON_LINES - 1), cut];
}

function attemptOf({ attempt }: LegView): string {
  return attempt !== undefined && attempt.of > 1 ? ` ${attempt.number}/${attempt.of}` : '';
}

function elapsed(leg: LegView, over: boolean, now: number): string {
  if (leg.duration !== undefined) return formatDuration(leg.duration);
  const since = leg.standing === 'running' && !over ? leg.requestedAt : undefined;
  return since === undefined ? '' : span(since, now);
}

function countsOf({ view, state }: StatusInput): string {
  const { legs, counts } = view;
  const told = countsInWords(view, isOver(state));
  if (isOver(state)) return told;
  return `${legs.length - counts.running - counts.paused - counts.waiting} of ${plural(legs.length, nounFor(view))} done; ${told}`;
}

function isOver(state: RunState): boolean {
  return state === 'finished' || state === 'crashed';
}

function span(since: string, now: number): string {
  return formatDuration(Math.max(0, now - Date.parse(since)) || 0);
}
