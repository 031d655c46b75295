import { mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { type Approval, guardApproval, readApproval, removeApproval, writeApproval } from './approval.ts';
import { layoutOf } from './paths.ts';

const APPROVAL: Approval = {
  run: '20261122-204512-k3f9',
  commit: 'a'.repeat(40),
  proposal: 'b'.repeat(64),
  approved: 'c'.repeat(40),
  by: 'Ada',
  at: '2026-11-22T20:45:12.000Z',
};

function place() {
  const root = mkdtempSync(join(tmpdir(), 'approval-'));
  mkdirSync(join(root, '.git/orch'), { recursive: true });
  const layout = layoutOf(hostPath(root), hostPath(join(root, '.git')));
  return { layout, file: join(layout.orchDir, 'migration-approval.json') };
}

it('is written for its owner alone, read back, and removed', () => {
  const { layout, file } = place();
  expect(readApproval(layout)).toBeUndefined();
  writeApproval(layout, { ...APPROVAL, note: 'fine' });
  expect(readApproval(layout)).toEqual({ ...APPROVAL, note: 'fine' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect([removeApproval(layout), removeApproval(layout)]).toEqual([true, false]);
});

it.each([
  ['', 'nothing'],
  ['{', 'no JSON'],
  ['null', 'no object'],
  [JSON.stringify({ ...APPROVAL, run: '../../x' }), 'a run that cannot be'],
  [JSON.stringify({ ...APPROVAL, commit: 'HEAD' }), 'a commit that is none'],
  [JSON.stringify({ ...APPROVAL, by: 1 }), 'nobody'],
  ['x'.repeat(70_000), 'more than it can have'],
])('%# is damaged', (text) => {
  const { layout, file } = place();
  writeFileSync(file, text);
  expect(readApproval(layout)).toBe('damaged');
});

it('a link is no record, and is not written through', () => {
  const { layout, file } = place();
  const other = join(layout.orchDir, 'other');
  writeFileSync(other, JSON.stringify(APPROVAL));
  symlinkSync(other, file);
  expect(readApproval(layout)).toBe('damaged');
  writeApproval(layout, { ...APPROVAL, by: 'Bob' });
  expect(readFileSync(other, 'utf8')).toBe(JSON.stringify(APPROVAL));
});

it('what is done to it while it is guarded is undone', () => {
  const { layout, file } = place();
  const wasMade = guardApproval(layout);
  writeFileSync(file, JSON.stringify(APPROVAL));
  expect([wasMade(), wasMade(), readApproval(layout)]).toEqual([true, false, undefined]);
  writeApproval(layout, APPROVAL);
  const wasChanged = guardApproval(layout);
  writeFileSync(file, '');
  expect([wasChanged(), wasChanged(), readApproval(layout)]).toEqual([true, false, APPROVAL]);
  removeApproval(layout);
  expect([wasChanged(), readApproval(layout)]).toEqual([true, APPROVAL]);
});

it('a folder in its place is keeps nobody from approving', () => {
  const { layout, file } = place();
  const plant = () => mkdirSync(join(file, 'x'), { recursive: true });
  const wasMade = guardApproval(layout);
  plant();
  expect(readApproval(layout)).toBe('damaged');
  expect([wasMade(), wasMade(), readApproval(layout)]).toEqual([true, false, undefined]);
  plant();
  writeApproval(layout, APPROVAL);
  expect(readApproval(layout)).toEqual(APPROVAL);
  removeApproval(layout);
  plant();
  expect([removeApproval(layout), removeApproval(layout)]).toEqual([true, false]);
});
