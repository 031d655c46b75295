import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from './load.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orch-load-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const GOOD = 'version: 1\ntasks: [{ name: a, command: x }]\n';

function load(content: string | Uint8Array): ReturnType<typeof loadConfig> {
  const file = join(root, 'o.yaml');
  writeFileSync(file, content);
  return loadConfig({ file, root });
}

function codes({ diagnostics }: ReturnType<typeof loadConfig>): readonly string[] {
  return diagnostics.map(({ code }) => code);
}

describe('a file', () => {
  it('is read, its text kept for excerpts', () => {
    const { result, text, diagnostics } = load(GOOD);
    expect(result).toMatchObject({ ok: true, value: { file: join(root, 'o.yaml'), name: 'framework-run' } });
    expect({ text, diagnostics }).toEqual({ text: GOOD, diagnostics: [] });
  });

  it('may begin with a byte order mark and have Windows line ends', () => {
    const { result, text } = load(`\uFEFF${GOOD.replaceAll('\n', '\r\n')}`);
    expect(result.ok).toBe(true);
    expect(text.startsWith('version')).toBe(true);
  });

  it('warnings do not refuse it', () => {
    const { result, diagnostics } = load(`${GOOD}max_parallel: 2\nworktrees: { root: inside }\n`);
    expect(result.ok).toBe(true);
    expect(diagnostics).toMatchObject([{ code: 'nested-worktrees', severity: 'warning' }]);
  });

  it.each([
    ['not UTF-8', new Uint8Array([0x61, 0xff, 0xfe]), 'not-text'],
    ['too large', 'x'.repeat(1024 * 1024 + 1), 'file-too-large'],
    ['empty', '', 'empty-file'],
  ])('%s', (_title, content, code) => {
    const loaded = load(content);
    expect(codes(loaded)).toEqual([code]);
    expect(loaded.result.ok).toBe(false);
  });

  it('that is missing', () => {
    const { diagnostics } = loadConfig({ file: join(root, 'none.yaml'), root });
    expect(diagnostics).toMatchObject([{ code: 'file-missing', at: { file: join(root, 'none.yaml') } }]);
  });

  it('that is a directory', () => {
    expect(codes(loadConfig({ file: root, root }))).toEqual(['file-unreadable']);
  });

  it('that is a pipe does not wait for a writer', () => {
    const file = join(root, 'pipe');
    const made = spawnSync('sh', ['-c', 'mkfifo "$0"', file]);
    expect(made.status).toBe(0);
    expect(codes(loadConfig({ file, root }))).toEqual(['file-unreadable']);
  });

  it('given as text is not looked for', () => {
    expect(loadConfig({ file: 'none.yaml', text: GOOD, root }).result.ok).toBe(true);
  });
});

describe('a prompt', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'docs'));
    writeFileSync(join(root, 'docs/a.md'), 'do it');
    symlinkSync('a.md', join(root, 'docs/link.md'));
    symlinkSync(tmpdir(), join(root, 'docs/away'));
    symlinkSync('loop', join(root, 'docs/loop'));
    writeFileSync(join(tmpdir(), 'orch-outside.md'), 'x');
  });
  afterEach(() => rmSync(join(tmpdir(), 'orch-outside.md')));

  it.each([
    ['docs/a.md', []],
    ['./docs/../docs/a.md', []],
    ['docs/link.md', []],
    ['docs/b.md', ['prompt-missing']],
    ['docs/a.md/x', ['prompt-missing']],
    ['docs', ['prompt-missing']],
    ['docs/loop', ['prompt-missing']],
    ['docs/away/orch-outside.md', ['path-outside']],
  ])('%s', (prompt, expected) => {
    expect(codes(load(`version: 1\ntasks: [{ name: a, command: x, prompt: ${prompt} }]`))).toEqual(expected);
  });
});
