import { expect, it } from 'vitest';
import { definitionOf } from './container-definition.ts';
import { readDraft } from './job-container.ts';

const NOTHING = { env: {}, ports: [], volumes: [], options: '', entrypoint: '', command: '' };

it.each([
  ['a text', 'node:22', { image: 'node:22', ...NOTHING }],
  ['the prefix of actions', ' docker://node:22 ', { image: 'node:22', ...NOTHING }],
  [
    'values that are no texts',
    { image: 'i', env: { A: 1, B: true, C: null }, ports: [80, '8080:81'], volumes: ['/a'], options: '--init' },
    {
      ...NOTHING,
      image: 'i',
      env: { A: '1', B: 'true', C: '' },
      ports: ['80', '8080:81'],
      volumes: ['/a'],
      options: '--init',
    },
  ],
  [
    'credentials',
    { image: 'i', credentials: { username: 'u', password: 'p' } },
    { ...NOTHING, image: 'i', credentials: { username: 'u', password: 'p' } },
  ],
  ['no image', '', undefined],
  ['an image that came to nothing', { image: null, options: 'x' }, undefined],
])('%s', (_, json, expected) => {
  expect(definitionOf(json)).toEqual(expected);
});

it('ports without an address are for this machine alone', () => {
  const draft = readDraft({ ...NOTHING, image: 'i', ports: ['80', '0.0.0.0:1:2'], options: '-p 3' });
  expect(draft.ok ? draft.value.ports.map(({ inner, hostIp }) => `${hostIp} ${inner}`) : draft.error).toEqual([
    ' 3/tcp',
    '127.0.0.1 80/tcp',
    '0.0.0.0 2/tcp',
  ]);
});

it.each([
  [{ ports: ['x'] }, 'ports: "x" is no port'],
  [{ options: '--network host' }, 'options: the option --network is not supported'],
])('%j is a mistake', (keys, message) => {
  const draft = readDraft({ ...NOTHING, image: 'i', ...keys });
  expect(draft.ok ? '' : draft.error).toContain(message);
});
