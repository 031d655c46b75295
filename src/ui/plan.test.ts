import { describe, expect, test } from 'vitest';
import { type PlanJob, type PlanView, renderPlan } from './plan.ts';
import { openTerminal } from './terminal.ts';
import { createVirtualTerminal } from './testing/virtual-terminal.ts';

const job = (id: string, over: Partial<PlanJob> = {}): PlanJob => ({
  id,
  needs: [],
  command: `./${id}.sh`,
  timeout: 1_800_000,
  retries: 0,
  checks: [],
  ...over,
});
const plan = (...jobs: readonly PlanJob[]): PlanView => ({ name: 'framework-run', base: 'main', maxParallel: 4, jobs });
const terminal = openTerminal(createVirtualTerminal(80, 24), { LANG: 'C.UTF-8', NO_COLOR: '1' });

const HOUSE = plan(
  job('deploy', { needs: ['api', 'web'], if: "inputs.where != ''", mutex: 'production' }),
  job('schema', {
    command: 'codex exec "$(cat docs/tasks/schema.md)"\necho done',
    checks: ['exit code', 'expect db/*.sql'],
    retries: 2,
  }),
  job('api', { needs: ['schema'], description: 'the HTTP interface', checks: ['verify npm test'], retries: 1 }),
  job('web', { needs: ['Schema'], legs: ['web (20)', 'web (22)'] }),
);

describe('renderPlan', () => {
  test('as text', () => {
    expect(renderPlan(HOUSE, 'text', terminal)).toMatchInlineSnapshot(`
      "framework-run: 4 tasks, 4 at once, from main

      stage 1
        schema    codex exec "$(cat docs/tasks/schema.md)" …
                  30m, 2 retries · checks: exit code, expect db/*.sql

      stage 2
        api       ./api.sh
                  the HTTP interface
                  after schema · 30m, 1 retry · checks: verify npm test
        web       ./web.sh
                  after Schema · 30m
                  2 legs: web (20), web (22)

      stage 3
        deploy    ./deploy.sh
                  after api, web · if inputs.where != '' · alone in production · 30m

      Stages are for reading: a task starts as soon as all that it needs is done.
      "
    `);
  });

  test('what waits for an approval, and whether there is one', () => {
    const gates = [
      ['open', 'nothing is approved yet'],
      ['void', 'the approval by \u001b[31mAda does not count'],
      ['approved', 'approved by Ada'],
    ] as const;
    for (const [state, words] of gates) {
      const gated = plan(job('migration', { gate: { state, words } }), job('apply', { needs: ['migration'] }));
      expect(renderPlan(gated, 'text', terminal)).toContain(`\n             ${words.replace('\u001b[31m', '')}\n`);
      expect(JSON.parse(renderPlan(gated, 'json', terminal)).jobs[0].gate).toEqual({ state, words });
    }
    const graph = plan(...gates.map(([state, words]) => job(state, { gate: { state, words } })));
    expect(renderPlan(graph, 'mermaid', terminal)).toMatch(
      /"open<br\/>awaits approval"[^]*"void<br\/>approval is void"[^]*"approved<br\/>approved"/,
    );
  });

  test('as a graph', () => {
    expect(renderPlan(HOUSE, 'mermaid', terminal)).toMatchInlineSnapshot(`
      "flowchart LR
        job0["deploy"]
        job1["schema"]
        job2["api"]
        job3["web<br/>2 legs"]
        job2 --> job0
        job3 --> job0
        job1 --> job2
        job1 --> job3
      "
    `);
  });

  test('as JSON, whole', () => {
    expect(JSON.parse(renderPlan(HOUSE, 'json', terminal))).toEqual(HOUSE);
  });

  test('labels cannot leave their quotes', () => {
    const graph = renderPlan(plan(job('a"]; click job0 "javascript:x"#<b>\n%%')), 'mermaid', terminal);
    expect(graph.split('\n')).toHaveLength(3);
    expect(graph.match(/"/g)).toHaveLength(2);
    expect(graph).not.toMatch(/[<>%]|#(?!\d+;)/);
  });

  test('commands are cut to the terminal, and obey nobody', () => {
    const text = renderPlan(plan(job('a', { command: `\u001b[2J${'x'.repeat(500)}` })), 'text', terminal);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(80);
    expect(text).not.toContain('\u001b');
  });

  test('a chain of ten thousand and a cycle come to an end', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => job(`t${i}`, { needs: i < 9999 ? [`t${i + 1}`] : [] }));
    expect(renderPlan(plan(...chain), 'text', terminal)).toContain('stage 10000');
    expect(renderPlan(plan(job('a', { needs: ['b'] }), job('b', { needs: ['a'] })), 'text', terminal)).toContain(
      './b.sh',
    );
  });
});
