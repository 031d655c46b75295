import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../orchestrator/index.ts';
import { ORCHESTRATOR_YAML, TASK_PAGE, TASK_PAGE_TEXT } from './first-files.ts';

it('is a valid orchestrator.yaml without a warning: two tasks, and one that needs both', () => {
  const root = mkdtempSync(join(tmpdir(), 'orch-init-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(dirname(join(root, TASK_PAGE)), { recursive: true });
  writeFileSync(join(root, TASK_PAGE), TASK_PAGE_TEXT);
  const { result, diagnostics } = loadConfig({ file: 'orchestrator.yaml', text: ORCHESTRATOR_YAML, root });
  expect(diagnostics).toEqual([]);
  if (!result.ok) throw new Error('no config');
  expect(result.value.tasks.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
    ['files', []],
    ['history', []],
    ['overview', ['files', 'history']],
  ]);
});
