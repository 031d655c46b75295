/** What the live display shows at a moment, as lines: all tasks where they fit, else those that matter, and the counts. */
import type { LegView, RunView } from '../reports/index.ts';
import {
  cleanText,
  displayWidth,
  pauseCommands,
  pauseScope,
  recordedReason,
  reviewInWords,
  shellQuote,
} from '../reports/index.ts';
import { formatDuration } from '../shared/quantity.ts';
import { type Look, layLine, type Piece, paintOf } from './look.ts';

const NARROW = 56;

export interface FrameInput {
  readonly view: RunView;
  /** The last line of output by leg, clean. */
  readonly outputs: ReadonlyMap<string, string>;
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since 1970, to compare with the events' times. */
  readonly now: number;
  /** Moves the spinner. */
  readonly tick: number;
  readonly look: Look;
}

/** At most `rows - 1` lines (the cursor needs one), each narrower than `columns`. */
export function renderFrame(input: FrameInput): string[] {
  const { view, columns, look } = input;
  const last = [
    ...pausedOf(input),
    ...standingOf(input),
    layLine([{ text: countsLine(input), paint: look.chalk.bold }], columns - 1, look.ellipsis),
  ];
  const room = Math.max(0, input.rows - 1 - last.length);
  const row = rowMaker(input);
  if (view.legs.length <= room) return [...view.legs.map(row), ...last];

  const running = view.legs.filter(({ standing }) => standing === 'running').sort((a, b) => startOf(a) - startOf(b));
  const failed = view.legs.filter(({ standing }) => standing === 'failed').sort((a, b) => endOf(a) - endOf(b));
  const failedRoom = Math.min(failed.length, Math.max(room - running.length, Math.ceil(room / 3)));
  return [
    ...cut(failed, failedRoom, 'failed', { ...input, row }),
    ...cut(running, room - failedRoom, 'running', { ...input, row }),
    ...last,
  ].slice(-(input.rows - 1 || 1));
}

interface CutInput extends FrameInput {
  readonly row: (leg: LegView) => string;
}

/** As many of the legs as fit: those that failed last, those that have run longest. A line tells of the others. */
function cut(
  legs: readonly LegView[],
  room: number,
  word: 'failed' | 'running',
  { look, columns, row }: CutInput,
): string[] {
  if (legs.length <= room) return legs.map(row);
  if (room <= 0) return [];
  const shown = room - 1;
  const more = layLine(
    [{ text: `${look.ellipsis} ${legs.length - shown} more ${word}`, paint: look.chalk.dim }],
    columns - 1,
    '',
  );
  return word === 'failed'
    ? [more, ...legs.slice(legs.length - shown).map(row)]
    : [...legs.slice(0, shown).map(row), more];
}

/** One line for a leg, in columns that are the same for all of them. */
export function rowMaker(input: Omit<FrameInput, 'rows'>): (leg: LegView) => string {
  const { view, columns, look } = input;
  const widest = view.legs.reduce((most, leg) => Math.max(most, displayWidth(cleanText(leg.name))), 0);
  // On a narrow terminal the name is worth more than the last words of the output.
  const nameWidth = Math.max(8, Math.min(widest, 36, columns < NARROW ? columns - 17 : Math.floor(columns * 0.4)));
  const attempts = view.legs.some(({ attempt }) => (attempt?.of ?? 1) > 1) ? 5 : 0;
  const ended = new Set(view.legs.filter(({ phase }) => phase === 'ended').map(({ job }) => job));
  return (leg) => {
    const paint = paintOf(look, leg.standing);
    const mark = markOf(leg, input);
    const fixed: Piece[] = [
      { text: `${mark} `, paint },
      {
        text: cleanText(leg.name),
        width: nameWidth,
        cut: 'middle',
        paint: look.quiet.has(leg.standing) ? paint : plainly,
      },
      { text: attemptOf(leg), width: attempts, paint: look.chalk.yellow },
      { text: ` ${elapsed(leg, input.now).padStart(7)}`, paint: look.chalk.dim },
    ];
    const detail = cleanText(DETAILS[leg.standing](leg, input.outputs.get(leg.id) ?? '', ended));
    const room = columns - displayWidth(mark) - nameWidth - attempts - 11;
    const last: Piece = {
      text: room > 8 && detail !== '' ? `  ${detail}` : '',
      paint: leg.standing === 'failed' ? paint : look.chalk.dim,
    };
    return layLine([...fixed, last], columns - 1, look.ellipsis).trimEnd();
  };
}

function markOf({ standing }: LegView, { look, tick }: Pick<FrameInput, 'look' | 'tick'>): string {
  return standing === 'running' ? (look.spinner[tick % look.spinner.length] ?? '') : look.marks[standing];
}

function attemptOf({ attempt }: LegView): string {
  return attempt && attempt.of > 1 ? ` ${attempt.number}/${attempt.of}` : '';
}

function plainly(text: string): string {
  return text;
}

type Detail = (leg: LegView, output: string, ended: ReadonlySet<string>) => string;

const why: Detail = (leg) => recordedReason(leg) ?? '';

const DETAILS: Readonly<Record<LegView['standing'], Detail>> = {
  running: (leg, output) => DOING[leg.phase](leg, output),
  waiting: ({ needs, waitsFor }, _, ended) => {
    if (waitsFor !== undefined) return waitsFor;
    const open = needs.filter((need) => !ended.has(need));
    return open.length > 0 ? `after ${open.join(', ')}` : '';
  },
  succeeded: (leg) => {
    if (leg.unneeded) return 'not needed';
    const changed = leg.task?.changed.total ?? 0;
    return reviewInWords(leg) || (changed > 0 ? `${changed} changed` : '');
  },
  reused: ({ reusedFrom }) => `from ${reusedFrom ?? ''}`,
  paused: why,
  failed: why,
  tolerated: why,
  cancelled: why,
  awaiting: why,
  skipped: why,
};

const DOING: Readonly<Record<LegView['phase'], (leg: LegView, output: string) => string>> = {
  waiting: () => '',
  starting: () => 'preparing',
  // The step that makes the attempts of a task is not the user's.
  running: ({ attempt, step }, output) => (output === '' && attempt === undefined ? (step ?? '') : output),
  verifying: (_, output) => (output === '' ? 'verifying' : `verifying: ${output}`),
  delayed: ({ delay }) => `waits ${formatDuration(delay ?? 0)} before the next attempt`,
  paused: () => '',
  cancelling: () => 'stopping',
  ended: () => '',
};

/** What to type in another terminal. */
function pausedOf({ view, columns, look }: FrameInput): string[] {
  const enter = view.legs.flatMap(({ paused }) => (paused === undefined ? [] : [`sh ${shellQuote(paused.enter)}`]));
  const commands = [...enter.slice(0, 1), ...pauseCommands(view)];
  const scope = pauseScope(view);
  return [
    ...commands.map((text) => layLine([{ text, paint: look.chalk.cyan }], columns - 1, look.ellipsis)),
    ...(scope === undefined ? [] : [layLine([{ text: scope }], columns - 1, look.ellipsis)]),
  ];
}

/** What is to be known of the run as a whole: that it waits, or is being stopped. */
function standingOf({ view, columns, look }: FrameInput): string[] {
  if (view.waitsFor !== undefined)
    return [layLine([{ text: cleanText(view.waitsFor), paint: look.chalk.yellow }], columns - 1, look.ellipsis)];
  if (!view.cancelling) return [];
  const hint = view.cancelling.reason === 'user' ? '; Ctrl-C again ends it at once' : '';
  return [
    layLine(
      [{ text: `stopping: ${cleanText(view.cancelling.message)}${hint}`, paint: look.chalk.yellow }],
      columns - 1,
      look.ellipsis,
    ),
  ];
}

/** The counts, in as many words as the width allows. */
function countsLine({ view, columns, now, look }: FrameInput): string {
  const { failed, paused, running, waiting } = view.counts;
  const total = view.legs.length;
  const done = total - running - waiting - paused;
  const time = formatDuration(Math.max(0, now - Date.parse(view.firstTime ?? '')) || 0);
  const some = (...words: readonly string[]): string =>
    words
      .filter((word) => !word.startsWith('0 '))
      .map((word) => `, ${word}`)
      .join('');
  const forms = [
    `${done} of ${total} done${some(`${running} running`, `${failed} failed`, `${paused} paused`, `${waiting} waiting`)} ${look.dot} ${time}`,
    `${done}/${total} done${some(`${failed} failed`, `${paused} paused`, `${running} run`, `${waiting} wait`)} ${look.dot} ${time}`,
    `${done}/${total} done${some(`${failed} failed`, `${running} run`)} ${look.dot} ${time}`,
    `${done}/${total} done${some(`${failed} failed`)}`,
  ];
  return forms.find((form) => displayWidth(form) < columns) ?? forms.at(-1) ?? '';
}

function elapsed(leg: LegView, now: number): string {
  if (leg.duration !== undefined) return formatDuration(leg.duration);
  return leg.requestedAt === undefined || leg.standing !== 'running'
    ? ''
    : formatDuration(Math.max(0, now - startOf(leg)));
}

function startOf(leg: LegView): number {
  return Date.parse(leg.requestedAt ?? '') || 0;
}

function endOf(leg: LegView): number {
  return Date.parse(leg.endedAt ?? '') || 0;
}
