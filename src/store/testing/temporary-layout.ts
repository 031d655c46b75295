/** A folder that looks like a repository, for tests; removed when the test ends. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { type Layout, layoutOf } from '../paths.ts';

export function temporaryDirectory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'orch-store-')));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function temporaryLayout(): Layout {
  const root = temporaryDirectory();
  mkdirSync(join(root, '.git'));
  return layoutOf(hostPath(root), hostPath(join(root, '.git')));
}
