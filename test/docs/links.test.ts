import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

const CHECK = resolve('scripts/check-links.mjs');

function check(cwd: string): { readonly status: number | null; readonly problems: readonly string[] } {
  const { status, stderr } = spawnSync(process.execPath, [CHECK], { cwd, encoding: 'utf8' });
  return { status, problems: stderr.split('\n').filter((line) => line !== '') };
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'orch-links-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  spawnSync('git', ['init', '--quiet'], { cwd: folder });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

describe('the check of links', () => {
  it('finds nothing wrong with these documents', () => {
    expect(check('.')).toEqual({ status: 0, problems: [] });
  });

  it('sees what is broken', () => {
    const folder = folderOf({
      'README.md': [
        '[a](docs/a.md#one) [b](docs/b.md) ![p](p.png) [h](https://example.com/x) [t](#top "title")',
        '',
        '# Top',
        '`[not](a-link.md)` [up](../outside.md) [c](docs/a.md#three)',
        '```',
        '[neither](this.md)',
        '# nor-this',
        '```',
        '[n](#nor-this)',
        '[ref]: docs/missing.md',
      ].join('\n'),
      'docs/a.md':
        '# One\n\n## Two `code`, and more!\n\n# One\n\n[x](#one-1) [y](#two-code-and-more) [z](../README.md#top)\n',
    });
    expect(check(folder)).toEqual({
      status: 1,
      problems: [
        'README.md:1: docs/b.md is not there',
        'README.md:1: p.png is not there',
        'README.md:4: ../outside.md leaves the repository',
        'README.md:4: docs/a.md#three: docs/a.md has no heading "#three"',
        'README.md:9: #nor-this: README.md has no heading "#nor-this"',
        'README.md:10: docs/missing.md is not there',
      ],
    });
  });

  it('passes over what git ignores', () => {
    expect(check(folderOf({ '.gitignore': 'logs/\n', 'logs/x.md': '[a](b.md)', 'y.md': 'fine' })).status).toBe(0);
  });
});

it('the picture of a run is one, and has no script in it', () => {
  const picture = readFileSync('docs/images/run.svg', 'utf8');
  expect(picture).toMatch(/^<svg [^>]*viewBox="0 0 \d+ \d+"[^]*<\/svg>\n$/);
  expect(picture).toContain('orch run');
  expect(picture).not.toMatch(/<script|href=|onload/);
});
