/** Tables of mistakes: what is marked in a file is what the diagnostics must point at. */
import { expect, it } from 'vitest';
import type { PathProbe } from '../checks/paths.ts';
import { check, placeOf, readMarks } from './marked.ts';

/** A file with one good task, and whatever else. */
export function file(rest: string): string {
  return `version: 1\n${rest}\ntasks: [{ name: a, command: x }]`;
}

/** One task more, `b`, after a good one called `a` that declares an output `url`. */
export function task(rest: string): string {
  const indented = rest.replace(/^(?=.)/gm, '    ');
  return `version: 1\ntasks:\n  - { name: a, command: x, outputs: [url] }\n  - name: b\n    command: y\n${indented}`;
}

/** The only diagnostics have this code, stand at the marks, and say this in message or hint. */
export type Case = readonly [title: string, marked: string, code: string, says?: string];

export function checkCases(cases: readonly Case[], probe?: PathProbe): void {
  const rows = cases.map(([title, marked, code, says = '']) => ({ title, marked, code, says }));
  it.each(rows)('$title', ({ marked, code, says }) => {
    const { text, places } = readMarks(marked);
    const { diagnostics } = check(text, probe && { probe });
    expect(diagnostics.map((found) => ({ code: found.code, place: placeOf(found) }))).toEqual(
      places.map((place) => ({ code, place })),
    );
    for (const { message, hint } of diagnostics) expect(`${message} — ${hint ?? 'no hint'}`).toContain(says);
  });
}
