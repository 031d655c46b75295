import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import type { ResolvedWorkflow } from '../../workflow/calls/index.ts';
import { parseWorkflow } from '../../workflow/parse/index.ts';
import { containerNeeds } from './container-needs.ts';

const root = hostPath(realpathSync(mkdtempSync(join(tmpdir(), 'orch-needs-'))));
afterAll(() => rmSync(root, { recursive: true, force: true }));
for (const name of ['dockered', 'around', 'plain', 'broken']) mkdirSync(join(root, name));
writeFileSync(join(root, 'dockered', 'Dockerfile'), 'FROM scratch\n');
writeFileSync(
  join(root, 'around', 'action.yml'),
  'name: a\ndescription: b\nruns: { using: composite, steps: [{ uses: ./around }, { uses: ./dockered }] }\n',
);
writeFileSync(join(root, 'plain', 'action.yml'), 'name: a\ndescription: b\nruns: { using: node20, main: m.js }\n');
writeFileSync(join(root, 'broken', 'action.yml'), '{');

function resolved(job: string, more: Partial<ResolvedWorkflow> = {}): ResolvedWorkflow {
  const parsed = parseWorkflow(`on: push\njobs:\n  a:\n${job}`, 'w.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return { workflow: parsed.value.value, file: 'w.yml', origin: { path: 'w.yml' }, callees: new Map(), ...more };
}

const settings = { images: new Map([['tiny', 'busybox:1']]), root };
const steps = (uses: string) => `    runs-on: x\n    steps:\n      - run: 'true'\n      - uses: ${uses}\n`;

it.each([
  [
    '    runs-on: x\n    container: docker://node:20\n    steps: [{ run: a }]\n',
    ['a (w.yml:5): the container node:20'],
  ],
  [
    '    runs-on: x\n    container:\n      env: {}\n      image: node:20\n    steps: [{ run: a }]\n',
    ['a (w.yml:7): the container node:20'],
  ],
  ["    runs-on: x\n    container: ''\n    steps: [{ run: a }]\n", []],
  ['    runs-on: x\n    container: ${{ matrix.a }}\n    steps: [{ run: a }]\n', []],
  ['    runs-on: [other, Tiny]\n    steps: [{ run: a }]\n', ['a (w.yml:4): the image busybox:1, for Tiny']],
  [
    '    runs-on: x\n    services:\n      none: { image: "${{ 1 }}" }\n      store: { image: redis }\n    steps: [{ run: a }]\n',
    ['a (w.yml:7): the service store, redis'],
  ],
  [steps('docker://a'), ['a (w.yml:7): the action docker://a']],
  [steps('./dockered'), ['a (w.yml:7): the action ./dockered']],
  [steps('./around'), ['a (w.yml:7): the action ./dockered, by way of ./around']],
  [steps('./plain'), []],
  [steps('./broken'), []],
  [steps('./not-there'), []],
  [steps('./../elsewhere'), []],
  [steps('owner/name@v1'), []],
])('what needs an engine in %j', async (job, needs) => {
  expect(await containerNeeds(resolved(job), settings)).toEqual(needs);
});

it('looks into workflows that are called, and takes the actions of other repositories for what they are', async () => {
  const called = resolved(steps('./dockered'), { origin: { repository: 'o/n', path: 'w.yml' } });
  const own = resolved(steps('./dockered'), { file: 'b.yml' });
  const caller = (callee: ResolvedWorkflow) =>
    resolved('    uses: ./.github/workflows/b.yml\n', { callees: new Map([['a', callee]]) });
  expect(await containerNeeds(caller(called), settings)).toEqual([]);
  expect(await containerNeeds(caller(own), settings)).toEqual(['a / a (b.yml:7): the action ./dockered']);
});
