import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/engine/index.ts';
import { loadConfig } from '../../src/orchestrator/index.ts';
import { checkEvent } from '../../src/store/event-shape.ts';
import { parseWorkflow } from '../../src/workflow/parse/index.ts';
import { codeBlocks } from './markdown.ts';

const files = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const examples = files.flatMap(codeBlocks).filter(({ language }) => language === 'yaml');

let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'orch-examples-'));
  mkdirSync(join(root, 'docs/tasks'), { recursive: true });
  for (const name of ['db-schema', 'api']) writeFileSync(join(root, `docs/tasks/${name}.md`), 'What to do.\n');
  cpSync('framework', join(root, 'framework'), { recursive: true });
  mkdirSync(join(root, 'framework/review/prompts'), { recursive: true });
  writeFileSync(join(root, 'framework/review/prompts/review.md'), 'What to do.\n');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

it('there are examples', () => {
  expect(examples.length).toBeGreaterThan(3);
});

it.each(examples.map((example) => [`${example.file}:${example.line}`, example.code]))('%s is valid', (file, code) => {
  if (/^(jobs|steps):/m.test(code)) {
    const workflow = parseWorkflow(wholeWorkflow(code), file);
    expect(workflow.ok ? [] : workflow.error).toEqual([]);
    return;
  }
  expect(loadConfig({ file, text: wholeConfig(code), root }).diagnostics).toEqual([]);
});

/** An example may show the part that it is about. */
function wholeWorkflow(code: string): string {
  if (/^steps:/m.test(code)) {
    const steps = code.replace(/^/gm, '    ');
    return `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n${steps}`;
  }
  return /^on:/m.test(code) ? code : `on: push\n${code}`;
}

function wholeConfig(code: string): string {
  const version = /^version:/m.test(code) ? '' : 'version: 1\n';
  const tasks = /^tasks:/m.test(code) ? '' : '\ntasks: [{ name: task, command: make }]\n';
  return `${version}${code}${tasks}`;
}

it('the file of this repository is valid', () => {
  expect(loadConfig({ file: 'framework/orchestrator/orchestrator.yaml', root: '.' }).diagnostics).toEqual([]);
});

describe('docs/output.md', () => {
  const [block] = codeBlocks('docs/output.md').filter(({ note }) => note === 'events');
  const events = (block?.code ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly seq: number; readonly type: string });

  it('shows events as journals have them', () => {
    expect(events.map(checkEvent).filter(({ kind }) => kind !== 'event')).toEqual([]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1));
  });

  it('shows each type once', () => {
    const types = events.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
    expect(types.toSorted()).toEqual([...EVENT_TYPES].toSorted());
  });
});

/** All of them: one that is added and not listed here fails to compile. */
const EVENT_TYPES = Object.keys({
  'run.started': true,
  'job.expanded': true,
  'job.called': true,
  'job.waiting': true,
  'job.admitted': true,
  'job.displaced': true,
  'run.waiting': true,
  'run.admitted': true,
  'job.requested': true,
  'job.timed-out': true,
  'job.cancel-requested': true,
  'job.skipped': true,
  'job.finished': true,
  'run.cancelling': true,
  'run.finished': true,
  'task.prepared': true,
  'job.paused': true,
  'job.resumed': true,
  'run.resumed': true,
  'step.started': true,
  'step.finished': true,
  'attempt.started': true,
  'attempt.finished': true,
  'attempt.delayed': true,
  'verify.started': true,
  'log.closed': true,
  annotation: true,
  'step.summary': true,
  'artifact.stored': true,
  'artifact.deleted': true,
  warning: true,
} satisfies Record<RunEvent['type'], true>);
