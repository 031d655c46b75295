import { expect, it } from 'vitest';
import { asciiName, canonicalAddress } from './address.ts';

it.each<readonly [string, string | undefined]>([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::ffff:127.0.0.1', '::ffff:7f00:1'],
  ['192.0.2.01', undefined],
  ['fe80::1%lo', undefined],
  ['localhost', undefined],
])('%s is written %s', (address, canonical) => {
  expect(canonicalAddress(address)).toBe(canonical);
});

it.each<readonly [string, string]>([
  ['Example.com', 'example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['a.test/path', ''],
  ['a.test#b', ''],
  ['user@a.test', ''],
  ['a.test%2e', ''],
  ['exa mple', ''],
  ['', ''],
])('the name %s is looked up as "%s"', (name, ascii) => {
  expect(asciiName(name)).toBe(ascii);
});
