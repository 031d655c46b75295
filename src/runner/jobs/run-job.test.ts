import { describe, expect, it } from 'vitest';
import type { Cancellation, JobRequest, RunnerEvent } from '../../engine/index.ts';
import { MachineError } from '../../shared/failure.ts';
import { mapping, type Step, type StepsJob, scalar } from '../../workflow/index.ts';
import { createFakeClock } from '../environments/fake-clock.ts';
import type { StepCall, StepEnd } from '../steps/index.ts';
import { createJobRunner } from './run-job.ts';

type Handler = (call: StepCall) => StepEnd | Promise<StepEnd>;

const OK: StepEnd = { outcome: 'success', outputs: {} };
const FAILED: StepEnd = { outcome: 'failure', failure: { code: 'exit-code', message: 'exit 3' }, outputs: {} };

function step(uses: string, more: Partial<Step> = {}): Step {
  return { kind: 'action', uses, ...more } as Step;
}

/** Runs a job whose steps are the handlers, by the name in `uses`. */
function start(steps: readonly Step[], handlers: Readonly<Record<string, Handler>>, job: Partial<StepsJob> = {}) {
  const closing: (() => void)[] = [];
  const clock = createFakeClock();
  const controller = new AbortController();
  const lost = new AbortController();
  const events: RunnerEvent[] = [];
  const notes: string[] = [];
  const ran: string[] = [];
  const whole: StepsJob = { kind: 'steps', id: 'j', needs: [], runsOn: scalar('x'), steps, ...job };
  const request: JobRequest = {
    job: whole,
    leg: { id: 'j', name: 'j', index: 0, matrix: { os: 'linux' }, continueOnError: false, timeoutMinutes: 1 },
    strategy: { failFast: true, jobIndex: 0, jobTotal: 1, maxParallel: 1 },
    needs: { a: { result: 'success', outputs: { x: '1' } } },
  };
  const runner = createJobRunner({
    contexts: { github: { run_id: '7' }, inputs: {}, vars: {} },
    secrets: { TOKEN: 'hunter22' },
    clock,
    mask: (text) => text.replaceAll('hunter22', '***'),
    open: async () => ({
      handlerFor: (one) => {
        const uses = one.kind === 'action' ? one.uses : '';
        const handler = handlers[uses];
        return handler && (async (call) => (ran.push(uses), handler(call)));
      },
      note: (line) => void notes.push(line),
      lost: lost.signal,
      close: async () => {
        for (const act of closing) act();
        return { log: { path: 'j.log', bytes: 0, sha256: '' } };
      },
    }),
  });
  const done = runner.run(request, (event) => void events.push(event), controller.signal);
  const cancel = (): void => controller.abort({ reason: 'user', message: 'stopped' } satisfies Cancellation);
  return { done, clock, events, notes, ran, cancel, lost, closing };
}

describe('the steps of a job', () => {
  it('run in order; after a failure only those that ask for it', async () => {
    const job = start(
      [step('a'), step('b'), step('c'), step('d', { if: scalar('always()') }), step('e', { if: scalar('failure()') })],
      {
        a: () => OK,
        b: () => FAILED,
        c: () => OK,
        d: () => OK,
        e: () => OK,
      },
    );
    expect(await job.done).toMatchObject({ result: 'failure', failure: { code: 'exit-code', message: 'exit 3' } });
    expect(job.ran).toEqual(['a', 'b', 'd', 'e']);
    expect(job.notes).toEqual(['failed: exit 3']);
  });

  it('keep outcome and conclusion apart', async () => {
    const job = start([step('a', { continueOnError: scalar(true) }), step('b')], { a: () => FAILED, b: () => OK });
    expect((await job.done).result).toBe('success');
    expect(
      job.events
        .filter((event) => event.type === 'step.finished')
        .map(({ outcome, conclusion }) => [outcome, conclusion]),
    ).toEqual([
      ['failure', 'success'],
      ['success', 'success'],
    ]);
  });

  it('see job env, own env, matrix, needs, secrets and earlier steps', async () => {
    const seen: StepCall[] = [];
    const job = start(
      [
        step('a', { id: 'first' }),
        step('b', {
          env: mapping({ STEP: scalar('${{ env.JOB }}-${{ steps.first.outputs.y }}') }),
          with: mapping({
            text: scalar(
              '${{ matrix.os }} ${{ needs.a.outputs.x }} ${{ github.run_id }} ${{ secrets.TOKEN }} ${{ env.STEP }}',
            ),
          }),
        }),
      ],
      {
        a: () => ({ ...OK, outputs: { y: 'two' } }),
        b: (call) => (seen.push(call), OK),
      },
      { env: mapping({ JOB: scalar('one') }) },
    );
    await job.done;
    expect(seen[0]?.env).toEqual({ JOB: 'one', STEP: 'one-two' });
    expect(seen[0]?.inputs).toEqual({ text: 'linux 1 7 hunter22 one-two' });
  });

  it('leave outputs; one that holds a secret is dropped with a warning', async () => {
    const outputs = mapping({
      good: scalar('${{ steps.s.outputs.v }}'),
      bad: scalar('${{ secrets.TOKEN }}!'),
      none: scalar(''),
    });
    const job = start([step('a', { id: 's' })], { a: () => ({ ...OK, outputs: { v: '1' } }) }, { outputs });
    expect(await job.done).toHaveProperty('outputs', { good: '1' });
    expect(job.events.find((event) => event.type === 'warning')?.message).toBe(
      "Skip output 'bad' since it may contain secret.",
    );
  });

  it('tell nobody a secret', async () => {
    const failure = { code: 'exit-code', message: 'said hunter22', details: ['hunter22'] } as const;
    const job = start([step('a')], { a: () => ({ ...FAILED, failure }) });
    expect(await job.done).toMatchObject({ failure: { message: 'said ***', details: ['***'] } });
  });

  it.each([
    ['an unknown action', step('nobody'), 'action-not-found'],
    ['an expression', step('a', { with: mapping({ x: scalar("${{ fromJSON('{') }}") }) }), 'expression'],
    ['a condition', step('a', { if: scalar("fromJSON('{')") }), 'expression'],
    ['the environment', step('a', { env: mapping({ X: scalar("${{ fromJSON('') }}") }) }), 'expression'],
  ])('fail for %s', async (_, bad, code) => {
    const job = start([bad], { a: () => OK });
    expect(await job.done).toMatchObject({ result: 'failure', failure: { code } });
  });

  it('fail for a machine that failed, with its own words', async () => {
    const job = start([step('a'), step('b', { if: scalar('always()') })], {
      a: () => Promise.reject(new MachineError({ code: 'disk-full', message: 'no room' })),
      b: () => OK,
    });
    expect(await job.done).toMatchObject({ failure: { code: 'disk-full' } });
    expect(job.ran).toEqual(['a', 'b']);
  });
});

describe('cancellation', () => {
  it('ends the running step and still runs always()', async () => {
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const job = start([step('a'), step('b'), step('tidy', { if: scalar('always()') })], {
      a: ({ signal }) => {
        begin();
        return new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve({ ...OK, outcome: 'cancelled' })),
        );
      },
      b: () => OK,
      tidy: ({ signal }) => (signal.aborted ? FAILED : OK),
    });
    await begun;
    job.cancel();
    expect(await job.done).toMatchObject({ result: 'cancelled', failure: { code: 'cancelled', message: 'stopped' } });
    expect(job.ran).toEqual(['a', 'tidy']);
  });

  it('leaves a step alone whose condition still holds', async () => {
    const finish: (() => void)[] = [];
    const job = start([step('a', { if: scalar('always()') })], {
      a: ({ signal }) => new Promise((resolve) => finish.push(() => resolve(signal.aborted ? FAILED : OK))),
    });
    while (finish.length === 0) await new Promise((resolve) => setImmediate(resolve));
    job.cancel();
    finish[0]?.();
    await job.done;
    expect(job.events.find((event) => event.type === 'step.finished')).toMatchObject({ outcome: 'success' });
  });

  it('ends a step at its own limit, and the job goes on', async () => {
    const job = start([step('slow', { timeoutMinutes: scalar(2), continueOnError: scalar(true) }), step('b')], {
      slow: ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ ...OK, outcome: 'cancelled' }))),
      b: () => OK,
    });
    await job.clock.armed();
    await job.clock.advance(2 * 60_000);
    expect((await job.done).result).toBe('success');
    expect(job.ran).toEqual(['slow', 'b']);
  });

  it('that comes when the steps are over changes nothing, and leaves no clock behind', async () => {
    const job = start([step('a')], { a: () => OK });
    job.closing.push(job.cancel);
    expect((await job.done).result).toBe('success');
    expect(job.clock.pending()).toBe(0);
  });

  it('fails a job whose log is lost', async () => {
    const job = start([step('a')], {
      a: ({ signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ ...OK, outcome: 'cancelled' }))),
    });
    await Promise.resolve();
    job.lost.abort({ reason: 'journal-lost', message: 'its log cannot be written' });
    expect(await job.done).toMatchObject({ result: 'cancelled', failure: { message: 'its log cannot be written' } });
  });
});
