import { expect, it } from 'vitest';
import { foldRun } from './fold.ts';
import { begun, createJournal, started, succeeded } from './testing/journal.ts';
import { warningsOf } from './warnings.ts';

it('tells each warning once, and those of a report that no event told', () => {
  const journal = createJournal().add(0, started([{ id: 'a' }, { id: 'b' }]));
  const warning = { type: 'warning', code: 'left-running', message: 'one' } as const;
  journal.add(1, ...begun('a'), { ...warning, job: 'a', leg: 'a' }, { ...warning, code: 'stale-lock' });
  journal.add(2, succeeded('a', 1, { warnings: ['one', 'two'] }));
  journal.add(3, ...begun('b'), succeeded('b', 1, { warnings: ['one'] }));
  expect(warningsOf(foldRun(journal.events))).toEqual([
    { code: 'left-running', leg: 'a', message: 'one' },
    { code: 'stale-lock', message: 'one' },
    { leg: 'a', message: 'two' },
    { leg: 'b', message: 'one' },
  ]);
});
