import { expect, it } from 'vitest';
import { parsePlainTarget } from './plain-http.ts';

it.each<readonly [string, object | undefined]>([
  ['http://example.com', { host: 'example.com', port: 80, path: '/' }],
  ['http://example.com/a?b', { host: 'example.com', port: 80, path: '/a?b' }],
  ['HTTP://Example.com:8080?q', { host: 'example.com', port: 8080, path: '/?q' }],
  ['http://[::1]:3000/', { host: '::1', port: 3000, path: '/' }],
  ['https://example.com/', undefined],
  ['/path', undefined],
  ['*', undefined],
  ['http://user@example.com/', undefined],
  ['http://good.test\\@evil.test/', undefined],
  ['http:///path', undefined],
  ['http://example.com/#fragment', undefined],
])('%s', (url, target) => {
  const read = parsePlainTarget(url);
  if (target === undefined) expect(read).toBeUndefined();
  else expect(read).toMatchObject(target);
});
