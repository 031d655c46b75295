import { expect, it } from 'vitest';
import { commandOf } from './action-container.ts';

const IMAGE = { Entrypoint: ['/run', '-v'], Cmd: ['all'] };

it.each([
  ['the image alone', IMAGE, '', [], ['/run', '-v', 'all']],
  ['arguments in place of its command', IMAGE, '', ['one', ''], ['/run', '-v', 'one', '']],
  ['an entrypoint, which leaves its command out', IMAGE, '/other', [], ['/other']],
  ['both', IMAGE, '/other', ['one'], ['/other', 'one']],
  ['an image with a command alone', { Cmd: ['sh'] }, '', ['ls', '-l'], ['ls', '-l']],
  ['an entrypoint in one text', { Entrypoint: '/run' }, '', [], ['/run']],
  ['an image that names nothing', {}, '', [], []],
])('of %s', (...[, image, entrypoint, args, command]) => {
  expect(commandOf(image, { entrypoint, args })).toEqual(command);
});
