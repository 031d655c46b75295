import { expect, it } from 'vitest';
import { rerunWords } from './rerun-words.ts';

const ROOT = '/repo';

it.each([
  ['nothing was said', {}, []],
  ['the file', { config: 'ci/tasks.yaml' }, ['ci/tasks.yaml']],
  ['a file elsewhere', { config: '../tasks.yaml' }, ['/tasks.yaml']],
  [
    'what shapes the tasks',
    { only: ['a', 'b'], maxParallel: '2', onFailure: 'no-new', input: ['x=1', 'y=2 3'], var: ['v='] } as const,
    [
      '--only a b --max-parallel 2 --on-failure no-new'.split(' '),
      ['--input', 'x=1', '--input', 'y=2 3', '--var', 'v='],
    ].flat(),
  ],
  [
    'secrets by name only',
    { secret: ['A', 'B=topsecret=\nmore'], secretFile: ['s.env'], envFile: ['/etc/e.env', './e.env'] },
    ['--secret', 'A', '--secret', 'B', '--secret-file', 's.env', '--env-file', '/etc/e.env', '--env-file', 'e.env'],
  ],
  ['not where it starts from', { base: 'main', includeUncommitted: true, rerunFailed: 'r' }, []],
])('repeats %s', (_, options, words) => {
  expect(rerunWords(options, ROOT, ROOT)).toEqual(words);
});

it('names files from anywhere when the command was typed below the root', () => {
  const options = { config: '../tasks.yaml', envFile: ['e.env'] };
  expect(rerunWords(options, ROOT, '/repo/sub')).toEqual(['/repo/tasks.yaml', '--env-file', '/repo/sub/e.env']);
});
