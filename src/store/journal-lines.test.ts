import { describe, expect, it } from 'vitest';
import { type JournalEntry, journalLines } from './journal-lines.ts';
import { expanded, finished, jobFinished, numbered, started, warning } from './testing/sample-events.ts';

const EVENTS = numbered([started('r', ['a']), expanded('a'), warning('é 😀 \u2028'), jobFinished('a'), finished()]);
const LINES = EVENTS.map((event) => JSON.stringify(event));

function read(text: string | Uint8Array): JournalEntry[] {
  const lines = journalLines();
  return [...lines.feed(typeof text === 'string' ? Buffer.from(text) : text), ...lines.end()];
}

/** Numbers of the events, and `code:line` of the problems. */
function outline(entries: readonly JournalEntry[]): readonly (number | string)[] {
  return entries.map((entry) =>
    entry.kind === 'event' ? entry.event.seq : `${entry.problem.code}:${entry.problem.line}`,
  );
}

function lines(...texts: readonly (string | undefined)[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

it('reads the same however the bytes are cut', () => {
  const bytes = Buffer.from(lines(...LINES));
  const whole = read(bytes);
  expect(whole).toEqual(EVENTS.map((event) => ({ kind: 'event', event })));
  for (let size = 1; size < 40; size++) {
    const parser = journalLines();
    const entries: JournalEntry[] = [];
    // One buffer used again and again, as a file reader does.
    const buffer = Buffer.alloc(size);
    for (let at = 0; at < bytes.length; at += size) {
      const count = bytes.copy(buffer, 0, at);
      entries.push(...parser.feed(buffer.subarray(0, count)));
    }
    expect([...entries, ...parser.end()]).toEqual(whole);
  }
});

describe('a line cut anywhere', () => {
  const before = lines(LINES[0], LINES[1]);
  const last = Buffer.from(LINES[2] ?? '');

  it('is reported as torn', () => {
    for (let cut = 1; cut < last.length; cut++) {
      expect(outline(read(Buffer.concat([Buffer.from(before), last.subarray(0, cut)])))).toEqual([1, 2, 'torn:3']);
    }
  });

  it('counts when only its end is missing', () => {
    expect(outline(read(before + last.toString()))).toEqual([1, 2, 3]);
  });

  it('is forgotten when the writer takes it back', () => {
    const parser = journalLines();
    parser.feed(Buffer.from(`${lines(LINES[0])}{"seq":2,"ti`));
    parser.rewind();
    expect(outline([...parser.feed(Buffer.from(lines(LINES[1]))), ...parser.end()])).toEqual([2]);
  });
});

it.each<[string, string, readonly (number | string)[]]>([
  ['nothing', '', []],
  ['garbage in the middle', lines(LINES[0], '{"seq":', LINES[2]), [1, 'bad-line:2', 3]],
  ['an empty line', lines(LINES[0], '', LINES[1]), [1, 'bad-line:2', 2]],
  ['missing events', lines(LINES[0], LINES[3], LINES[4]), [1, 'gap:2', 4, 5]],
  ['a missing beginning', lines(LINES[1]), ['gap:1', 2]],
  ['an event twice', lines(LINES[0], LINES[0], LINES[1]), [1, 'gap:2', 2]],
  ['events out of order', lines(LINES[0], LINES[1], LINES[0], LINES[2]), [1, 2, 'gap:3', 3]],
  [
    'a type of the future',
    lines(LINES[0], '{"seq":2,"time":"2027-01-01T00:00:00Z","type":"job.dreamt"}', LINES[2]),
    [1, 'unknown-type:2', 3],
  ],
  ['zeros, as after a power cut', `${lines(LINES[0])}\0\0\0\0`, [1, 'torn:2']],
])('goes on after %s', (_, text, expected) => {
  expect(outline(read(text))).toEqual(expected);
});

it.each([
  '1',
  'null',
  '[]',
  '{}',
  '{"seq":0,"time":"2026-01-01T00:00:00Z","type":"warning","code":"x","message":"y"}',
  '{"seq":1.5,"time":"2026-01-01T00:00:00Z","type":"warning","code":"x","message":"y"}',
  '{"seq":1,"time":"yesterday","type":"warning","code":"x","message":"y"}',
  '{"seq":1,"time":"2026-01-01T00:00:00Z","type":"warning","code":"x"}',
  '{"seq":1,"time":"2026-01-01T00:00:00Z","type":"job.requested","job":"a","leg":["a"]}',
  '{"seq":1,"time":"2026-01-01T00:00:00Z","type":"job.expanded","job":"a","failFast":true,"legs":[{"id":1}]}',
  '{"seq":1,"time":"2026-01-01T00:00:00Z"}',
])('does not take %s for an event', (line) => {
  expect(outline(read(lines(line)))).toEqual(['bad-line:1']);
});

it('knows no event by the names that every object has', () => {
  const line = '{"seq":1,"time":"2026-01-01T00:00:00Z","type":"constructor"}';
  expect(outline(read(lines(line)))).toEqual(['unknown-type:1']);
});

it('does not keep a line without end', () => {
  const parser = journalLines();
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let i = 0; i < 20; i++) expect(parser.feed(chunk)).toEqual([]);
  const rest = parser.feed(Buffer.from(`\n${lines(LINES[0])}`));
  expect(outline(rest)).toEqual(['bad-line:1', 1]);
});

it('names what is wrong, for people', () => {
  const problems = read(lines(LINES[0], '{"seq":2,"time":"2027-01-01T00:00:00Z","type":"\\u001b[2J"}', LINES[4], '{'));
  expect(problems.flatMap((entry) => (entry.kind === 'problem' ? [entry.problem.message] : []))).toEqual([
    'line 2 is passed over: this version of orch does not know "\\u001b[2J"',
    'before line 3, 2 events are missing',
    'line 4 is passed over: it is not JSON',
  ]);
});
