import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHost, isListed, parseAllowRule, parseAuthority } from './allow-list.ts';

function listOf(...entries: string[]) {
  return entries.map((entry) => {
    const rule = parseAllowRule(entry);
    if (!rule.ok) throw new Error(rule.error);
    return rule.value;
  });
}

describe('an entry', () => {
  it.each<readonly [string, unknown]>([
    ['example.com', { kind: 'name', host: 'example.com', port: 443 }],
    [' Example.COM. ', { kind: 'name', host: 'example.com', port: 443 }],
    ['example.com:80', { kind: 'name', host: 'example.com', port: 80 }],
    ['*.example.com:8443', { kind: 'suffix', host: 'example.com', port: 8443 }],
    ['bücher.example', { kind: 'name', host: 'xn--bcher-kva.example', port: 443 }],
    ['localhost:5432', { kind: 'name', host: 'localhost', port: 5432 }],
    ['10.0.0.5:5432', { kind: 'address', host: '10.0.0.5', port: 5432 }],
    ['[2001:DB8::1]', { kind: 'address', host: '2001:db8::1', port: 443 }],
  ])('%s', (text, rule) => {
    expect(parseAllowRule(text)).toEqual({ ok: true, value: rule });
  });

  it.each<readonly [string, string]>([
    ['https://example.com', 'without the scheme'],
    ['example.com/path', 'paths and address ranges'],
    ['10.0.0.0/8', 'paths and address ranges'],
    ['2001:db8::1', 'in brackets'],
    ['example.*', 'not a host name'],
    ['*example.com', 'not a host name'],
    ['*', 'not a host name'],
    ['*.*.example.com', 'not a host name'],
    ['*.com', 'whole top-level domain'],
    ['*.10.0.0.1', 'star before an address'],
    ['example.com:0', 'no port from 1'],
    ['example.com:65536', 'no port from 1'],
    ['', 'write example.com'],
    ['user@example.com', 'not a host name'],
    ['exa mple.com', 'not a host name'],
    ['example..com', 'not a host name'],
    ['[::1%lo]', 'not a host name or an address'],
    [`${'a'.repeat(64)}.com`, 'not a host name'],
  ])('%s is refused: %s', (text, reason) => {
    const rule = parseAllowRule(text);
    expect(rule.ok ? rule.value : rule.error).toContain(reason);
  });
});

describe('what a client asks for', () => {
  it.each<readonly [string, string | undefined]>([
    ['example.com:443', 'example.com:443'],
    ['EXAMPLE.com.:443', 'example.com:443'],
    ['[::1]:80', '[::1]:80'],
    ['127.0.0.1:80', '127.0.0.1:80'],
    // Other spellings of addresses, by which a list of names would be passed.
    ['127.1:80', undefined],
    ['0x7f000001:80', undefined],
    ['0x7f.0x1:80', undefined],
    ['2130706433:80', undefined],
    ['0177.0.0.1:80', undefined],
    ['example.com', undefined],
    ['example.com:', undefined],
    ['example.com:080443', undefined],
    ['example.com%00.evil.test:443', undefined],
    ['example.com@evil.test:443', undefined],
    ['example.com:443@evil.test:443', undefined],
    ['пример.test:443', undefined],
    ['http://example.com:443', undefined],
    ['/', undefined],
  ])('%s is read as %s', (text, read) => {
    const target = parseAuthority(text);
    expect(target && formatHost(target)).toBe(read);
  });

  it('is read the same again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.domain(), fc.ipV4(), fc.ipV6()), (text) => {
        const target = parseAuthority(text.includes(':') ? `[${text}]:443` : `${text}:443`);
        expect(target === undefined || parseAuthority(formatHost(target))).toEqual(target ?? true);
      }),
    );
  });
});

it.each<readonly [string, boolean]>([
  ['example.com:443', true],
  ['example.com:80', false],
  ['sub.example.com:443', false],
  ['a.example.org:443', true],
  ['a.b.example.org:443', true],
  ['example.org:443', false],
  ['notexample.org:443', false],
  ['a.example.org.evil.test:443', false],
  ['10.0.0.5:5432', true],
  ['10.0.0.5:443', false],
  ['10.0.0.6:5432', false],
])('%s is listed: %s', (text, listed) => {
  const target = parseAuthority(text);
  expect(target && isListed(listOf('example.com', '*.example.org', '10.0.0.5:5432'), target)).toBe(listed);
});
