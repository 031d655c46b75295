import { expect, it } from 'vitest';
import { parseAllowRule, parseAuthority } from '../../../shared/allow-list.ts';
import { judgeTarget } from './judgement.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'good.test': ['8.8.8.8', '2606:4700::1111', '8.8.8.8'],
  'inner.test': ['10.0.0.5'],
  'mixed.test': ['8.8.8.8', '127.0.0.1'],
  'mapped.test': ['::ffff:8.8.8.8'],
  'zone.test': ['fe80::1%eth0'],
  'self.test': ['9.9.9.9'],
  'empty.test': [],
};

async function judge(list: readonly string[], wanted: string) {
  const rules = list.map((entry) => parseAllowRule(entry)).flatMap((rule) => (rule.ok ? [rule.value] : []));
  const target = parseAuthority(wanted);
  if (target === undefined || rules.length !== list.length) throw new Error('a mistake of the test');
  const resolve = async (name: string) => {
    const found = NAMES[name];
    if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    return found;
  };
  return judgeTarget({ list: rules, resolve, own: () => new Set(['9.9.9.9']) }, target);
}

it('allows the addresses that it has seen, each once', async () => {
  expect(await judge(['good.test'], 'good.test:443')).toEqual({
    kind: 'allowed',
    addresses: ['8.8.8.8', '2606:4700::1111'],
  });
});

it.each<readonly [string, readonly string[], string]>([
  ['bad.test:443', ['good.test'], 'not in the network list'],
  ['good.test:80', ['good.test'], 'listed with port 443 only; list good.test:80 too'],
  ['8.8.8.8:443', ['good.test'], 'not in the network list'],
  ['inner.test:443', ['inner.test'], 'it resolves to 10.0.0.5 (private); list 10.0.0.5:443 too'],
  ['inner.test:443', ['inner.test', '10.0.0.5:80'], '(private)'],
  ['inner.test:443', ['*.inner.test', 'inner.test'], '(private)'],
  ['mixed.test:443', ['mixed.test'], '127.0.0.1 (loopback)'],
  ['mapped.test:443', ['mapped.test'], '(translated IPv4)'],
  ['zone.test:443', ['zone.test'], '(unreadable)'],
  ['self.test:443', ['self.test'], "9.9.9.9 (this machine's own)"],
])('refuses %s for a list of %j: %s', async (wanted, list, why) => {
  const judgement = await judge(list, wanted);
  expect(judgement).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) });
});

it.each<readonly [string, readonly string[], readonly string[]]>([
  ['10.0.0.5:5432', ['10.0.0.5:5432'], ['10.0.0.5']],
  ['inner.test:443', ['inner.test', '10.0.0.5'], ['10.0.0.5']],
  ['self.test:443', ['self.test', '9.9.9.9'], ['9.9.9.9']],
  ['169.254.169.254:80', ['169.254.169.254:80'], ['169.254.169.254']],
])('allows %s when the address itself is listed: %j', async (wanted, list, addresses) => {
  expect(await judge(list, wanted)).toEqual({ kind: 'allowed', addresses });
});

it('tells a host that is not there from one that is not allowed', async () => {
  expect(await judge(['gone.test'], 'gone.test:443')).toEqual({
    kind: 'unknown',
    why: 'the name cannot be looked up (ENOTFOUND)',
  });
  expect(await judge(['empty.test'], 'empty.test:443')).toEqual({ kind: 'unknown', why: 'the name has no address' });
});
