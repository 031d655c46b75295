import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../nodes.ts';
import { configOf } from '../../testing/marked.ts';
import { translate } from '../../translate/translate.ts';

const jobsOf = (tasks: string, top = 'review: { command: r }') => {
  const { jobs } = translate(configOf(`version: 1\n${top}\ntasks:\n${tasks}`)).workflow;
  return new Map(jobs.map((job) => [job.id, job]));
};

type Jobs = ReturnType<typeof jobsOf>;

/** What the steps of a job are given, by the action's name. */
function inputsOf(jobs: Jobs, id: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const steps = jobs.get(id)?.steps ?? [];
  return Object.fromEntries(
    steps.map(({ uses, with: inputs }) => {
      const given = inputs ? jsonOf(inputs) : {};
      return [uses.split('/').at(-1) ?? '', given as Readonly<Record<string, unknown>>];
    }),
  );
}

const REVIEWED = '  - { name: api, command: x, expect: [a], review: true }';

describe('a reviewed task', () => {
  const jobs = jobsOf(`${REVIEWED}\n  - { name: web, command: x, depends_on: [api] }`);

  it('is three jobs, and those behind it wait for the verdict', () => {
    expect([...jobs].map(([id, { needs }]) => [id, needs])).toEqual([
      ['api', []],
      ['api-review', ['api']],
      ['api-reviewed', ['api', 'api-review']],
      ['web', ['api', 'api-reviewed']],
    ]);
    expect(inputsOf(jobs, 'web')['prepare-task']).toEqual({ dependencies: '["api-reviewed"]' });
  });

  it('leaves a handoff', () => {
    const [handoff] = JSON.parse(String(inputsOf(jobs, 'api')['run-task']?.['documents'])) as readonly object[];
    expect(handoff).toMatchObject({ path: 'review/handoff.md', sections: ['Context', 'Commands'] });
  });

  it('is looked at from its start, by somebody who knows nothing else and writes reports alone', () => {
    expect(inputsOf(jobs, 'api-review')).toMatchObject({
      'prepare-task': { 'start-of': 'api', change: 'api' },
      'run-task': { command: 'r', writable: 'review', isolated: 'true', review: '{"task":"api","round":1}' },
      'finish-task': { artifacts: 'review/*.md' },
    });
    const outputs = jobs.get('api-review')?.outputs;
    expect(outputs && jsonOf(outputs)).toMatchObject({ verdict: '${{ steps.run.outputs.verdict }}' });
  });

  it('is concluded', () => {
    expect(inputsOf(jobs, 'api-reviewed')).toMatchObject({
      'prepare-task': { 'start-of': 'api' },
      'conclude-review': { changes: '["api"]', verdicts: '${{ needs.api-review.outputs.verdict }}' },
    });
  });
});

describe('with more rounds', () => {
  const jobs = jobsOf(REVIEWED, 'worktrees: { setup: s }\nreview: { command: r, fix: f, max_rounds: 3 }');

  it('a round that is not needed is jobs whose steps are skipped', () => {
    expect([...jobs.keys()]).toEqual(
      'api api-review api-fix-2 api-review-2 api-fix-3 api-review-3 api-reviewed'.split(' '),
    );
    for (const [id, before] of [
      ['api-fix-2', 'api-review'],
      ['api-review-2', 'api-review'],
      ['api-fix-3', 'api-review-2'],
      ['api-review-3', 'api-review-2'],
    ] as const) {
      const job = jobs.get(id);
      const needed = `needs.${before}.outputs.verdict == 'changes-requested'`;
      expect(job?.steps.map((step) => step.if?.value)).toEqual([needed, needed, needed, `always() && ${needed}`]);
      expect(job?.needs).toContain(before);
      expect(job?.if).toBeUndefined();
    }
  });

  it('the fixer begins with the reports, and has the handoff to bring up to date', () => {
    const inputs = inputsOf(jobs, 'api-fix-2');
    expect(inputs['prepare-task']).toMatchObject({ dependencies: '["api-review"]', setup: 's' });
    expect(inputs['run-task']).toMatchObject({ command: 'f', 'review-round': '2' });
    expect(inputs['run-task']).toHaveProperty('documents');
    expect(inputs['run-task']).not.toHaveProperty('expect');
  });

  it('each reviewer sees all that has changed since the task began', () => {
    expect(inputsOf(jobs, 'api-review-3')['prepare-task']).toMatchObject({ 'start-of': 'api', change: 'api-fix-3' });
    expect(inputsOf(jobs, 'api-reviewed')['prepare-task']).not.toHaveProperty('setup');
    expect(inputsOf(jobs, 'api-reviewed')['conclude-review']).toMatchObject({
      changes: '["api","api-fix-2","api-fix-3"]',
    });
  });
});

describe('what a reviewer has of its task', () => {
  it('is neither its secrets nor what is mounted for it', () => {
    const box = '{ image: i, mounts: [{ source: ~/.agent, target: /agent }] }';
    const jobs = jobsOf(
      `  - { name: api, command: x, secrets: [S], env: { E: 1 }, sandbox: ${box}, mutex: db, review: { secrets: [R] } }`,
      'env: { F: 1 }\nreview: { command: r }',
    );
    const job = jobs.get('api-review');
    expect(inputsOf(jobs, 'api-review')['run-task']).toMatchObject({
      secrets: 'R',
      environment: 'F',
      sandbox: '{"image":"i"}',
    });
    expect(job?.env && jsonOf(job.env)).toEqual({ F: 1 });
    expect(job?.concurrency).toEqual(jobs.get('api')?.concurrency);
  });

  it('can be said for each task, key by key', () => {
    const jobs = jobsOf(
      '  - { name: a, command: x, review: { timeout: 5m, sandbox: host } }\n  - { name: b, command: x, review: false }',
      'defaults: { review: true, sandbox: { image: i } }\nreview: { command: r, timeout: 1m, retries: 2 }',
    );
    expect([...jobs.keys()]).toEqual(['a', 'a-review', 'a-reviewed', 'b']);
    const inputs = inputsOf(jobs, 'a-review')['run-task'];
    expect(inputs).toMatchObject({ timeout: '5m', retries: '2', command: 'r' });
    expect(inputs).not.toHaveProperty('sandbox');
  });
});

describe('tasks that run whatever happened', () => {
  const jobs = jobsOf(`
  - { name: db, command: x }
  - { name: api, command: x, depends_on: [db], if: always(), continue_on_error: true, review: true }
  - { name: web, command: x, depends_on: [api], if: always() }`);

  it('are reviewed although something before them failed', () => {
    expect(jobs.get('api-review')?.if?.value).toBe("!cancelled() && needs.api.result == 'success'");
    expect(jobs.get('api-reviewed')?.if?.value).toBe("!cancelled() && needs.api-review.result == 'success'");
    expect(jobs.get('api-review')?.continueOnError?.value).toBe(true);
  });

  it('begin without what was not approved', () => {
    const { ancestors } = inputsOf(jobs, 'web')['prepare-task'] ?? {};
    expect(JSON.parse(String(ancestors))).toEqual({ 'api-reviewed': ['db'], db: [] });
  });
});

it('notes of the developer are neither shown nor passed on', () => {
  const jobs = jobsOf(REVIEWED, 'review: { command: r, notes: [PLAN.md, ".agent/x y"] }');
  for (const [id, action] of [
    ['api-review', 'prepare-task'],
    ['api-reviewed', 'conclude-review'],
  ] as const)
    expect(inputsOf(jobs, id)[action]).toMatchObject({ notes: 'PLAN.md\n.agent/x y' });
});

it('a chain of reviewed tasks stands on what was approved', () => {
  const jobs = jobsOf(`
  - { name: a, command: x, review: true }
  - { name: b, command: x, depends_on: [a], review: { max_rounds: 2 } }`);
  expect(jobs.get('b')?.needs).toEqual(['a', 'a-reviewed']);
  expect(inputsOf(jobs, 'b')['prepare-task']).toEqual({ dependencies: '["a-reviewed"]' });
  expect(jobs.get('b-fix-2')?.needs).toEqual(['a', 'a-reviewed', 'b', 'b-review']);
});
