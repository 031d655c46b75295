import { expect, it } from 'vitest';
import { readElsewhere } from './download-source.ts';

const GITHUB = { action_repository: 'Actions/download-artifact', repository: 'me/here', run_id: '7' };

async function read(given: Readonly<Record<string, string>>, github: object = {}) {
  const asked: string[] = [];
  const reader = async (of: string) => {
    asked.push(of);
    return { token: `reads ${of}`, isThere: of === '5' };
  };
  const { runtimeToken, inputs } = await readElsewhere({ reader }, { github: { ...GITHUB, ...github }, given });
  return [runtimeToken, inputs?.['github-token'], ...asked];
}

it.each([
  ['an earlier run', { 'github-token': '', 'run-id': '5' }, ['reads 5', '', '5']],
  ['an earlier run, whatever token', { 'GitHub-Token': 'x', 'RUN-ID': ' 5 ' }, ['reads 5', '', '5']],
  [
    'an earlier run by its repository',
    { 'github-token': 'x', 'run-id': '5', repository: 'Me/Here' },
    ['reads 5', '', '5'],
  ],
  ['its own run', { 'github-token': 'x', 'run-id': '7' }, [undefined, '']],
  ['its own run unsaid', { 'github-token': 'x' }, [undefined, '']],
  ['a run of GitHub', { 'github-token': 'x', 'run-id': '6' }, [undefined, undefined, '6']],
  ['a run that nobody can find', { 'github-token': '', 'run-id': '6' }, ['reads 6', '', '6']],
  ['no run', { 'github-token': '', 'run-id': '' }, ['reads ', '', '']],
  ['another repository', { 'github-token': 'x', 'run-id': '5', repository: 'me/other' }, [undefined, undefined, '']],
  [
    'another repository, nobody to ask',
    { 'github-token': '', 'run-id': '5', repository: 'me/other' },
    ['reads ', '', ''],
  ],
  ['another run without the input', { 'run-id': '5' }, [undefined, undefined]],
])('%s', async (_, given, expected) => {
  expect(await read(given)).toEqual(expected);
});

it('another action that has the same inputs', async () => {
  const given = { 'github-token': '', 'run-id': '5' };
  expect(await read(given, { action_repository: 'me/download-artifact' })).toEqual([undefined, undefined]);
  expect(await read(given, { action_repository: undefined })).toEqual([undefined, undefined]);
});
