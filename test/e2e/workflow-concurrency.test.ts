/** Concurrency groups between two orch processes. */
import { describe, expect, test } from 'vitest';
import { createRepository, endings, eventsOf, orch, type Repository, readJournal, startOrch } from './rig/index.ts';

/** A run tells that it has started, and ends when it is told to: `started-<name>`, `end-<name>`. */
function workflow(concurrency: string, job = ''): string {
  return `
on: push
${concurrency}
jobs:
  work:
    runs-on: ubuntu-latest
${job}
    steps:
      - run: tell started-$WHO; exec await-note end-$WHO
  after: { needs: work, if: always(), runs-on: ubuntu-latest, steps: [{ run: tell after-$WHO }] }
`;
}

function repositoryWith(text: string): Repository {
  return createRepository({ files: { '.github/workflows/deploy.yml': text, '.github/workflows/other.yml': text } });
}

function start(repository: Repository, who: string, file = 'deploy') {
  return startOrch(repository, ['run', file, '--env', `WHO=${who}`, '--ui', 'plain']);
}

const GROUP = 'concurrency: deploy';

describe('concurrency between runs', () => {
  test('a run waits for the one that has its group, and says so', async () => {
    const repository = repositoryWith(workflow(GROUP));
    const first = start(repository, 'a');
    await repository.heard('started-a');
    const second = start(repository, 'b', 'other');
    const firstRun = await first.run();
    await second.said(`waits for the concurrency group deploy, held by run ${firstRun}`);
    expect(repository.hasHeard('started-b')).toBe(false);
    repository.tell('end-a');
    expect(await first.ended).toMatchObject({ exitCode: 0 });
    await repository.heard('started-b');
    repository.tell('end-b');
    expect(await second.ended).toMatchObject({ exitCode: 0 });
    expect(repository.exists('.git/orch/groups.json')).toBe(false);
  });

  test('a newer run takes the place of the one that waits; its jobs do not start, not even those that always run', async () => {
    const repository = repositoryWith(workflow(GROUP));
    const first = start(repository, 'a');
    await repository.heard('started-a');
    const second = start(repository, 'b');
    await second.said('waits for');
    const third = start(repository, 'c');
    const displaced = await second.ended;
    expect(displaced).toMatchObject({ exitCode: 130 });
    expect(displaced.stdout).toContain('took its place in the concurrency group deploy');
    repository.tell('end-a');
    repository.tell('end-c');
    expect([(await first.ended).exitCode, (await third.ended).exitCode]).toEqual([0, 0]);
    expect([repository.hasHeard('started-b'), repository.hasHeard('after-b')]).toEqual([false, false]);
  });

  test('cancel-in-progress ends the run that goes on, and the newer one takes its turn', async () => {
    const repository = repositoryWith(
      workflow('concurrency: { group: "${{ github.ref }}", cancel-in-progress: true }'),
    );
    const first = start(repository, 'a');
    await repository.heard('started-a');
    repository.tell('end-b');
    const second = start(repository, 'b');
    const cancelled = await first.ended;
    expect(cancelled).toMatchObject({ exitCode: 130 });
    expect(cancelled.stdout).toContain('makes way for run');
    // It was under way, so what always runs still did.
    expect(repository.hasHeard('after-a')).toBe(true);
    expect(await second.ended).toMatchObject({ exitCode: 0 });
  });

  test('a job waits for a job of another run', async () => {
    const repository = repositoryWith(workflow('', `    concurrency: { group: db, queue: max }`));
    const first = start(repository, 'a');
    await repository.heard('started-a');
    const second = start(repository, 'b');
    await second.said('waits for the concurrency group db, held by work of run');
    repository.tell('end-a');
    repository.tell('end-b');
    const results = [await first.ended, await second.ended];
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const journal = readJournal(`${repository.root}/logs/runs/${await second.run()}/events.jsonl`);
    expect(eventsOf(journal, 'job.waiting')).toMatchObject([{ job: 'work', group: 'db', holder: await first.run() }]);
    expect(endings(journal)).toMatchObject({ work: 'success', after: 'success' });
  });

  test('what a crashed run held is free', async () => {
    const repository = repositoryWith(workflow(GROUP));
    const first = start(repository, 'a');
    await repository.heard('started-a');
    const second = start(repository, 'b');
    await second.said('waits for');
    repository.tell('end-b');
    first.kill('SIGKILL');
    expect(await second.ended).toMatchObject({ exitCode: 0 });
    repository.tell('end-a');
    await first.ended;
  });

  test('who waits can be stopped', async () => {
    const repository = repositoryWith(workflow(GROUP));
    const first = start(repository, 'a');
    await repository.heard('started-a');
    const second = start(repository, 'b');
    await second.said('waits for');
    second.kill('SIGINT');
    expect(await second.ended).toMatchObject({ exitCode: 130 });
    repository.tell('end-a');
    expect(await first.ended).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ["concurrency: '${{ github.nothing }}'", 'Concurrency group name cannot be empty'],
    ['concurrency: { group: g, queue: max, cancel-in-progress: true }', 'cancel-in-progress'],
  ])('%s is refused before anything starts', async (concurrency, message) => {
    const repository = repositoryWith(workflow(concurrency));
    const result = await orch(repository, ['run', 'deploy']);
    expect(result).toMatchObject({ exitCode: 2, run: undefined });
    expect(result.stderr).toContain(message);
  });
});
