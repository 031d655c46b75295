import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TriggerEvent } from '../../workflow/index.ts';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { readActrc, readActSettings } from './act-files.ts';
import { chooseWorkflows, likelyEvent } from './choose.ts';
import { findWorkflows, looksLikeWorkflow, namesWorkflows } from './files.ts';
import { narrowMatrices, readMatrixFilter, selectJobs } from './narrow.ts';
import { readWorkflows } from './read-workflows.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'orch-select-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const workflowOn = (on: string, name = 'W') =>
  `name: ${name}\non: ${on}\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n`;

function parse(text: string) {
  const parsed = parseWorkflow(text, 'w.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value.value;
}

describe('files', () => {
  test.each([
    ['on: push\njobs: {}\n', true],
    ['"on":\n  push:\njobs:\n', true],
    ['version: 1\ntasks:\n  - name: a\n    on: x\n', false],
    ['jobs:\n  a:\n', false],
  ])('%j is a workflow: %s', (text, expected) => expect(looksLikeWorkflow(text)).toBe(expected));

  test('are those of the folder, and nothing below it', () => {
    write({
      '.github/workflows/b.yaml': workflowOn('push'),
      '.github/workflows/a.yml': workflowOn('push'),
      '.github/workflows/deep/c.yml': workflowOn('push'),
      '.github/workflows/notes.md': '',
    });
    expect(findWorkflows(root, []).map(({ path }) => path)).toEqual([
      '.github/workflows/a.yml',
      '.github/workflows/b.yaml',
    ]);
  });

  test('are found by path, folder, file name and title, each once', () => {
    write({ '.github/workflows/ci.yml': workflowOn('push', '"Build it" # now'), 'other/x.yml': workflowOn('push') });
    const find = (...names: string[]) => findWorkflows(root, names).map(({ path, named }) => [path, named]);
    expect(find('ci')).toEqual([['.github/workflows/ci.yml', true]]);
    expect(find('build it', 'ci.yml')).toEqual([['.github/workflows/ci.yml', true]]);
    expect(find(join(root, 'other'))).toEqual([['other/x.yml', false]]);
    expect(find(join(root, 'other/x.yml'))).toEqual([['other/x.yml', true]]);
    expect(() => find('co')).toThrow('there is no file, folder or workflow "co"');
  });

  test('are told from a config of tasks', () => {
    write({
      '.github/workflows/ci.yml': 'broken',
      'tasks.yml': 'version: 1\ntasks: []\n',
      'w.yml': workflowOn('push'),
    });
    const names = (name: string) => namesWorkflows(root, [name]);
    expect(
      [join(root, '.github/workflows/ci.yml'), join(root, 'w.yml'), 'ci', 'ci.yml', root].map(names),
    ).not.toContain(false);
    expect([join(root, 'tasks.yml'), 'missing.yml'].map(names)).not.toContain(true);
  });

  test.each([
    ['cy', 'did you mean "ci"?'],
    ['cy.yml', 'did you mean "ci.yml"?'],
    ['nothing', 'in .github/workflows there are ci, release'],
  ])('%s is answered by what there is', (operand, hint) => {
    write({ '.github/workflows/ci.yml': workflowOn('push'), '.github/workflows/release.yml': workflowOn('push') });
    expect(namesWorkflows(root, ['nothing'])).toBe(true);
    expect(() => findWorkflows(root, [operand])).toThrow(expect.objectContaining({ hint }));
  });

  test('that are wrong are told of all at once', () => {
    write({ 'd/a.yml': 'on: push\n', 'd/b.yml': workflowOn('nothing'), 'd/c.yml': workflowOn('push') });
    const { workflows, diagnostics } = readWorkflows(findWorkflows(root, [join(root, 'd')]));
    expect(workflows.map(({ path }) => path)).toEqual(['d/c.yml']);
    expect(diagnostics.map(({ at }) => at?.file)).toEqual(['d/a.yml', 'd/b.yml']);
  });
});

describe('choosing', () => {
  const candidate = (on: string, trigger: TriggerEvent, named = false) => ({
    file: { path: 'w.yml', text: '', named, workflow: parse(workflowOn(on)) },
    event: { name: trigger.name, payload: {}, ref: '', sha: '', headRef: '', baseRef: '', trigger },
  });
  const push = { name: 'push', ref: 'refs/heads/main', changedPaths: ['src/a'] };

  test.each<[string, string, string, number]>([
    ['the event starts it', 'push', '', 1],
    ['another branch', '{ push: { branches: [dev] } }', '', 0],
    ['other paths', '{ push: { paths: [docs/**] } }', '', 0],
    ['filters are ignored', '{ push: { branches: [dev] } }', 'all', 1],
    ['it was named itself', '{ push: { branches: [dev] } }', 'named', 1],
    ['it has another event', '{ schedule: [{ cron: "0 4 * * *" }] }', 'all', 0],
  ])('%s', (_, on, how, count) => {
    const { chosen, passedOver } = chooseWorkflows([candidate(on, push, how === 'named')], how === 'all');
    expect([chosen.length, passedOver.length]).toEqual([count, 1 - count]);
  });

  test('refuses a file by name for an event that it does not know', () => {
    expect(() => chooseWorkflows([candidate('pull_request', push, true)], false)).toThrow('w.yml does not run on push');
  });

  test.each<[string, boolean, string]>([
    ['[pull_request, push]', false, 'push'],
    ['[push, workflow_dispatch]', true, 'workflow_dispatch'],
    ['[issues]', false, 'issues'],
    ['workflow_call', false, 'workflow_call'],
  ])('the likely event of %s is %s', (on, hasInputs, expected) => {
    expect(likelyEvent(parse(workflowOn(on)), hasInputs)).toBe(expected);
  });
});

const MATRIX = `
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        os: [Linux, mac]
        node: [18, 20]
        include: [{ os: mac, extra: 1 }, { os: linux, extra: 2 }]
    steps: [{ run: "true" }]
  b: { needs: a, runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  c: { needs: b, runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  d: { runs-on: ubuntu-latest, strategy: { matrix: { os: "\${{ fromJSON('[]') }}" } }, steps: [{ run: "true" }] }
`;

describe('narrowing', () => {
  const ids = (wanted: string[]) => selectJobs(parse(MATRIX), wanted).jobs.map(({ id }) => id);
  const narrow = (job: string, ...texts: string[]) =>
    narrowMatrices(selectJobs(parse(MATRIX), [job]), readMatrixFilter(texts)).jobs[0]?.strategy?.matrix;

  test('keeps what a job needs', () => {
    expect(ids(['C'])).toEqual(['a', 'b', 'c']);
    expect(() => ids(['bb'])).toThrow('--job names the unknown job "bb"');
  });

  test('keeps the legs asked for', () => {
    const matrix = narrow('a', 'os:linux', 'node:20');
    const text = JSON.stringify(matrix, (key, value: unknown) => (key === 'at' ? undefined : value));
    expect(text).toContain('"items":[{"kind":"scalar","value":"Linux"}]');
    expect(text).toContain('"items":[{"kind":"scalar","value":20}]');
    expect(text).toContain('"value":2}');
    expect(text).not.toContain('mac');
  });

  test.each<[string, string[], string]>([
    ['a', ['os:bsd'], 'a has no such value'],
    ['a', ['arch:arm'], 'no matrix has this key'],
    ['a', ['os'], '--matrix wants KEY:VALUE'],
    ['d', ['os:linux'], 'known only while the job runs'],
  ])('of %s by %j is refused', (job, texts, message) => expect(() => narrow(job, ...texts)).toThrow(message));
});

describe("act's files", () => {
  test('flags in every form that act takes', () => {
    const text =
      '# mine\n-P ubuntu-latest=-self-hosted\n--secret-file=my.secrets\n--env  A="b c"\n-s TOKEN\n--actor ada\n--privileged\n--action-offline-mode\n';
    expect(readActrc(text, {})).toMatchObject({
      platforms: ['ubuntu-latest=-self-hosted'],
      secretFiles: ['my.secrets'],
      env: ['A="b c"'],
      secrets: ['TOKEN'],
      actor: 'ada',
      offline: true,
      ignored: ['--privileged'],
    });
  });

  test('stand in for options, where they are there', () => {
    write({ '.secrets': 'A=1\n', '.env': 'B=2\n', '.actrc': '--env-file other.env\n', 'other.env': '' });
    expect(readActSettings(root, {})).toMatchObject({
      secretFiles: [join(root, '.secrets')],
      envFiles: [join(root, 'other.env')],
      varFiles: [],
      inputFiles: [],
    });
  });
});
