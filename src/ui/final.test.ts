import { describe, expect, test } from 'vitest';
import { foldRun } from '../reports/index.ts';
import { badNight } from '../reports/testing/bad-night.ts';
import { begun, createJournal, ended, RUN, started, succeeded } from '../reports/testing/journal.ts';
import { renderFinal } from './final.ts';
import { lookOf } from './look.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

const look = lookOf(openTerminal(createVirtualTerminal(80, 24), { LANG: 'C.UTF-8', NO_COLOR: '1' }));
const final = (events: ReturnType<typeof badNight>['events'], columns = 80) =>
  renderFinal({ view: foldRun(events), look, columns, summary: () => 'docs/summary.md' });

describe('renderFinal', () => {
  test('a good run: the counts, the summary, the branches to take', () => {
    const journal = createJournal().add(0, started([{ id: 'a' }, { id: 'b', needs: ['a'] }]));
    for (const job of ['a', 'b']) journal.add(1, ...begun(job), succeeded(job, 1000));
    expect(final(journal.add(2, ended('success', 0, 2000)).events)).toEqual([
      '',
      'SUCCEEDED: all 2 tasks succeeded',
      '2 succeeded · 2.0s',
      '',
      'summary    docs/summary.md',
      `take it    git merge orch/${RUN}/b`,
    ]);
  });

  test('commands are whole on any width, the rest is wrapped', () => {
    const lines = final(badNight().events, 40);
    expect(lines.map((line) => line.trim())).toContain(`git diff a1b2c3d4e5f6..orch/${RUN}/api`);
    const others = lines.filter((line) => !/^ *(git|cd|orch|run again) /.test(line));
    expect(others.filter((line) => line.length > 39)).toEqual([]);
  });

  test('a name that fills the line has its time below it', () => {
    const name = 'a job whose name takes all';
    const leg = { id: 'a', name, index: 0, matrix: null, continueOnError: false, timeoutMinutes: 1 };
    const journal = createJournal().add(0, started([{ id: 'a' }]));
    journal.add(1, { type: 'job.expanded', job: 'a', legs: [leg], failFast: true });
    journal.add(1, { type: 'job.requested', job: 'a', leg: 'a' });
    const end = { outcome: 'failure', conclusion: 'failure', outputs: {}, duration: 6000 } as const;
    journal.add(7, { type: 'job.finished', job: 'a', leg: 'a', ...end });
    const lines = final(journal.add(8, ended('failure', 1, 8000)).events, 30);
    expect(lines.slice(lines.indexOf(`✖ ${name}`)).slice(0, 2)).toEqual([`✖ ${name}`, '  (6.0s)']);
    expect(final(journal.events, 80)).toContain(`✖ ${name} (6.0s)`);
  });

  test('a run that was cut off', () => {
    const lines = final(badNight().events.slice(0, 15));
    expect(lines[1]).toMatch(/^DID NOT FINISH/);
    expect(lines.join(' ')).toContain(
      'The record ends before the run did: orch was killed, crashed, or is still at work',
    );
    expect(lines.at(-1)).toBe(`run again  orch run --rerun-failed ${RUN}`);
  });

  test('a paused job: why, with its step named once', () => {
    const stand = { step: 'Run make', failure: { code: 'exit-code', message: 'exit code 2' } } as const;
    const journal = createJournal().add(0, { ...started([{ id: 'a' }]), kind: 'workflow' }, ...begun('a'));
    const step = { job: 'a', leg: 'a', step: 1 } as const;
    journal.add(1, { type: 'step.started', ...step, name: 'Run make' });
    const end = { outcome: 'failure', conclusion: 'failure', duration: 1, failure: stand.failure } as const;
    journal.add(1, { type: 'step.finished', ...step, ...end });
    journal.add(1, {
      type: 'job.paused',
      job: 'a',
      leg: 'a',
      ...stand,
      workspace: '/w',
      enter: '/w/enter.sh',
      duration: 5,
    });
    expect(final(journal.events)).toContain('  at the step Run make: exit code 2');
  });

  test('many failures are counted, not listed', () => {
    const jobs = Array.from({ length: 50 }, (_, i) => ({ id: `t${i}` }));
    const journal = createJournal().add(0, started(jobs));
    for (const { id } of jobs)
      journal.add(1, ...begun(id), {
        type: 'job.finished',
        job: id,
        leg: id,
        outcome: 'failure',
        conclusion: 'failure',
        outputs: {},
        duration: 1,
      });
    const lines = final(journal.add(2, ended('failure', 1, 2000)).events);
    expect(lines).toContain('… and 42 more, in the summary');
    expect(lines.length).toBeLessThan(40);
  });
});
