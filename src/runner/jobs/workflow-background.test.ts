import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunnerEvent } from '../../engine/index.ts';
import { job, open, run } from './testing/workflow-job.ts';

/** Names and results of the steps as they ended. */
function endings(events: readonly RunnerEvent[]): readonly string[] {
  const names = new Map<number, string>();
  return events.flatMap((event) => {
    if (event.type === 'step.started') names.set(event.step, event.name);
    return event.type === 'step.finished' ? [`${names.get(event.step)}: ${event.outcome}/${event.conclusion}`] : [];
  });
}

describe('a step in the background', () => {
  it('goes on beside the others, and is unknown to them until they wait for it', async () => {
    const { outcome, log, events } = await run(
      job(
        `
      - id: server
        background: true
        run: |
          echo "port=80" >> "$GITHUB_OUTPUT"
          echo "SERVED=yes" >> "$GITHUB_ENV"
          mkdir bin && printf '#!/bin/sh\\necho from the server\\n' > bin/tool && chmod +x bin/tool
          echo "$PWD/bin" >> "$GITHUB_PATH"
          while [ ! -e go ]; do sleep 0.01; done
      - run: |
          touch go
          echo "before [\${{ steps.server.outputs.port }}\${{ steps.server.outcome }}] [$SERVED]"
          ! command -v tool
      - wait: server
      - run: echo "after [\${{ steps.server.outputs.port }} \${{ steps.server.outcome }}] [$SERVED]" && tool
`,
        `    outputs: { port: '\${{ steps.server.outputs.port }}' }\n`,
      ),
    );
    expect(log).toContain('before [] []\n');
    expect(log).toContain('after [80 success] [yes]\nfrom the server\n');
    expect(log).toMatch(/Waiting for background step\(s\) to complete: Run echo "port=80"/);
    expect(log).toMatch(/Finished waiting for background step\(s\)\.\n {2}Run echo "port=80".*: Succeeded\n/);
    expect(outcome).toEqual({ result: 'success', outputs: { port: '80' } });
    expect(events.filter((event) => 'background' in event).map(({ type }) => type)).toEqual([
      'step.started',
      'step.finished',
    ]);
  });

  it('has its output in one piece', async () => {
    const { log } = await run(
      job(`
      - background: true
        run: for i in 1 2 3; do echo "back $i"; touch b$i; while [ ! -e f$i ]; do sleep 0.01; done; done
      - run: for i in 1 2 3; do while [ ! -e b$i ]; do sleep 0.01; done; echo "front $i"; touch f$i; done
      - parallel:
          - run: for i in 1 2 3; do echo "left $i"; touch l$i; while [ ! -e r$i ]; do sleep 0.01; done; done
          - run: for i in 1 2 3; do while [ ! -e l$i ]; do sleep 0.01; done; echo "right $i"; touch r$i; done
`),
    );
    for (const word of ['back', 'front', 'left', 'right']) expect(log).toContain(`\n${word} 1\n${word} 2\n${word} 3\n`);
  });

  it('sees what there was when its turn came', async () => {
    const { log } = await run(
      job(`
      - id: first
        run: echo "A=1" >> "$GITHUB_ENV"
      - background: true
        id: back
        env: { OWN: '\${{ steps.first.outcome }}' }
        run: while [ ! -e go ]; do sleep 0.01; done; echo "sees $A $OWN"
      - run: echo "A=2" >> "$GITHUB_ENV"
      - run: touch go
      - run: echo "front has $A"
`),
    );
    expect(log).toContain('\nsees 1 success\n');
    expect(log).toContain('\nfront has 2\n');
  });

  it("that nobody waits for is waited for before stages for the end, and its failure is the job's", async () => {
    const { outcome, log, events } = await run(
      job(`
      - uses: ./act
      - id: back
        background: true
        run: exit 7
      - run: sleep 0.1
      - if: failure()
        run: echo never
`),
      {
        'act/action.yml': 'runs: { using: node20, main: main.js, post: post.js }',
        'act/main.js': '',
        'act/post.js': 'console.log("post comes last")',
      },
    );
    expect(outcome).toMatchObject({ result: 'failure', failure: { message: 'Process completed with exit code 7.' } });
    expect(log).not.toContain('never\n');
    expect(log.indexOf('exit code 7')).toBeLessThan(log.indexOf('post comes last'));
    expect(endings(events).slice(-3)).toEqual([
      'Run echo never: skipped/skipped',
      'Wait for all background steps: failure/failure',
      'Post Run ./act: success/success',
    ]);
    expect(events.filter(({ type }) => type === 'annotation')).toHaveLength(1);
  });

  it.each([
    ['a wait for a failure fails the job', 'exit 1', '- wait: b', '', 'failure'],
    ['one that may fail does not', 'exit 1', '- wait: b', 'continue-on-error: true', 'success'],
    ['a wait that may fail does not hide it', 'exit 1', '- { wait: b, continue-on-error: true }', '', 'failure'],
    ['one that is called off does not count', 'exec sleep 60', '- cancel: b', '', 'success'],
    ['one that had failed before does', 'exit 1', '- { run: sleep 0.2 }\n      - cancel: b', '', 'failure'],
  ] as const)('%s', async (...row) => {
    const [, script, control, more, result] = row;
    const { outcome } = await run(
      job(`
      - { id: b, background: true, run: ${script}, ${more} }
      ${control}
`),
    );
    expect(outcome.result).toBe(result);
  });

  it('after a failure is skipped; waits are not', async () => {
    const { events } = await run(
      job(`
      - { id: a, name: A, background: true, run: true }
      - { name: B, run: exit 1 }
      - { id: c, name: C, background: true, run: true }
      - { name: D, wait: [a, c] }
      - { name: E, wait-all: }
`),
    );
    expect([...endings(events)].sort()).toEqual([
      'A: success/success',
      'B: failure/failure',
      'C: skipped/skipped',
      'D: success/success',
      'E: success/success',
    ]);
  });

  it('has a time limit of its own', async () => {
    const { outcome } = await run(
      job(`
      - { name: Slow, background: true, run: exec sleep 60, timeout-minutes: 0.002 }
`),
    );
    const message = "The background step 'Slow' has timed out after 0.002 minutes.";
    expect(outcome.failure).toMatchObject({ code: 'timeout', message });
  });

  it('ends with its job, whatever its condition', async () => {
    const controller = new AbortController();
    const { outcome, events } = await run(
      job(`
      - { name: A, background: true, if: always(), run: exec sleep 60 }
      - { name: B, run: echo ready && exec sleep 60 }
      - { name: C, wait-all: }
      - { name: D, if: cancelled(), run: echo tidy }
`),
      {},
      {
        signal: controller.signal,
        onLine: (line) => line === 'ready' && controller.abort({ reason: 'user', message: 'stopped' }),
      },
    );
    expect(outcome.result).toBe('cancelled');
    expect([...endings(events)].sort()).toEqual([
      'A: cancelled/cancelled',
      'B: cancelled/cancelled',
      'C: cancelled/cancelled',
      'D: success/success',
    ]);
  });

  it('may be an action, with stages of its own before and after', async () => {
    const { outcome, log } = await run(
      job(`
      - parallel:
          - { uses: far/away@v1, with: { n: 1 } }
          - { uses: ./composite }
      - run: echo "env [$FROM_ACTION] [$FROM_COMPOSITE]"
`),
      {
        '.remote/action.yml': 'inputs: { n: {} }\nruns: { using: node20, pre: p.js, main: m.js, post: q.js }',
        '.remote/p.js': 'console.log("pre")',
        '.remote/m.js': 'require("fs").appendFileSync(process.env.GITHUB_ENV, "FROM_ACTION=a\\n"); console.log("main")',
        '.remote/q.js': 'console.log("post", process.env.FROM_COMPOSITE)',
        'composite/action.yml':
          'runs: { using: composite, steps: [{ shell: bash, run: echo "FROM_COMPOSITE=c" >> "$GITHUB_ENV" }, { shell: bash, run: echo "inside $FROM_COMPOSITE" }] }',
      },
    );
    expect(outcome.result).toBe('success');
    expect(log).toContain('inside c\n');
    expect(log).toContain('env [a] [c]\n');
    expect(log).toContain('post c\n');
  });
});

it('has company of any number, without a word of Node about listeners', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on('warning', listen);
  const steps = Array.from(
    { length: 10 },
    () => "      - { background: true, run: 'until test -e go; do sleep 0.01; done' }\n",
  );
  const { outcome } = await run(job(`${steps.join('')}      - run: touch go\n`));
  process.off('warning', listen);
  expect(outcome.result).toBe('success');
  expect(warnings).toEqual([]);
});

describe('a step in the background that fails where failures pause their job', () => {
  const FAILING = job(`
      - id: back
        background: true
        name: Back
        run: echo "turn" >> turns; echo "A=$(wc -l < turns)" >> "$GITHUB_ENV"; test -e fixed
      - wait: back
      - run: echo "then $A \${{ steps.back.outcome }}"
`);

  it('stands still at its wait, and begins again there', async () => {
    const { go, log, work } = open(FAILING, {}, { pauses: true });
    expect(await go()).toMatchObject({ result: 'paused', step: 'Back', failure: { code: 'exit-code' } });
    expect(await go('retry')).toMatchObject({ result: 'paused', step: 'Back' });
    writeFileSync(join(work, 'fixed'), '');
    expect(await go('retry')).toEqual({ result: 'success', outputs: {} });
    expect(log()).toContain('\nthen 3 success\n');
    expect(log().match(/##\[error\]Process completed with exit code 1\./g)).toHaveLength(2);
  });

  it('counts when it is given up', async () => {
    const { go, log } = open(FAILING, {}, { pauses: true });
    await go();
    expect(await go('abort')).toMatchObject({ result: 'failure', failure: { code: 'exit-code' } });
    expect(log()).not.toContain('then');
  });

  it('stands still at the end when nobody waits for it; the others go on meanwhile', async () => {
    const { go, work, events } = open(
      job(`
      - { background: true, name: Late, run: test -e fixed }
      - { background: true, name: Good, run: echo good >> good }
      - run: 'true'
`),
      {},
      { pauses: true },
    );
    expect(await go()).toMatchObject({ result: 'paused', step: 'Late' });
    writeFileSync(join(work, 'fixed'), '');
    expect(await go('retry')).toEqual({ result: 'success', outputs: {} });
    expect(readFileSync(join(work, 'good'), 'utf8')).toBe('good\n');
    expect(endings(events).filter((end) => end.startsWith('Late'))).toEqual([
      'Late: failure/failure',
      'Late: success/success',
    ]);
  });

  it('is passed over when its failure is forgiven', async () => {
    const { go } = open(
      job('      - { background: true, continue-on-error: true, run: exit 1 }\n      - wait-all:\n'),
      {},
      { pauses: true },
    );
    expect(await go()).toEqual({ result: 'success', outputs: {} });
  });
});
