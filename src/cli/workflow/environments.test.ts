import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { forAll, overlay, readEnvironments } from './environments.ts';

function rootWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'orch-environments-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

it('reads files and options, options over files, names without regard to case', () => {
  const root = rootWith({ '.secrets.Prod': 'A=file\nB=file\n', '.vars.prod': 'V=1\n', '.secrets': 'A=general\n' });
  const given = { secret: ['PROD:A', 'A', 'eu:west:C'], var: ['prod:V=a:b=c', 'W=x:y'] };
  const found = readEnvironments(root, given, { A: 'host', C: 'host' });
  expect([...found]).toEqual([
    ['PROD', { secrets: { A: 'host', B: 'file' }, vars: { V: 'a:b=c' } }],
    ['EU:WEST', { secrets: { C: 'host' }, vars: {} }],
  ]);
  expect([forAll(given.secret), forAll(given.var), forAll(undefined)]).toEqual([['A'], ['W=x:y'], []]);
});

it('a name of the environment takes the place of the general one, however it is written', () => {
  expect(overlay({ Token: 'a', B: 'b' }, { TOKEN: 'c' })).toEqual({ B: 'b', TOKEN: 'c' });
  expect(overlay({ Token: 'a' }, undefined)).toEqual({ Token: 'a' });
});
