import { expect, it } from 'vitest';
import { hostPath } from '../shared/brand.ts';
import { pathInside } from './tree-path.ts';

it.each([
  ['.', '/tree'],
  ['', '/tree'],
  ['src/api', '/tree/src/api'],
  ['./src//api/', '/tree/src/api'],
  ['src/../docs', '/tree/docs'],
  ['/tree', '/tree'],
  ['/tree/src', '/tree/src'],
  ['-x', '/tree/-x'],
  ['..', undefined],
  ['src/../..', undefined],
  ['src/../../tree/src', undefined],
  ['/', undefined],
  ['/etc', undefined],
  ['/treehouse', undefined],
  ['/tree/../etc', undefined],
  ['a\0b', undefined],
])('%j is %s', (path, expected) => {
  expect(pathInside(hostPath('/tree'), path)).toBe(expected);
});
