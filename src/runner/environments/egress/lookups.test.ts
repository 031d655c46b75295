import { expect, it } from 'vitest';
import { ownAddresses, resolveBySystem, shareLookups } from './lookups.ts';

function controlled() {
  const asked: { readonly name: string; readonly answer: (addresses: readonly string[] | Error) => void }[] = [];
  const resolve = (name: string) =>
    new Promise<readonly string[]>((tell, fail) => {
      asked.push({ name, answer: (end) => (end instanceof Error ? fail(end) : tell(end)) });
    });
  return { asked, resolve };
}

it('asks once for all who want to know, and again for those who come later', async () => {
  const { asked, resolve } = controlled();
  const shared = shareLookups(resolve, 2);
  const both = [shared('a.test'), shared('a.test')];
  expect(asked).toHaveLength(1);
  asked[0]?.answer(['192.0.2.1']);
  expect(await Promise.all(both)).toEqual([['192.0.2.1'], ['192.0.2.1']]);
  void shared('a.test');
  expect(asked).toHaveLength(2);
});

it('has no more than the limit under way, failed ones included', async () => {
  const { asked, resolve } = controlled();
  const shared = shareLookups(resolve, 2);
  const all = ['a', 'b', 'c', 'd'].map((name) => shared(name));
  expect(asked.map(({ name }) => name)).toEqual(['a', 'b']);
  asked[0]?.answer(new Error('none'));
  await expect(all[0]).rejects.toThrow('none');
  expect(asked.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  for (const { answer } of asked.slice(1)) answer([]);
  await all[2];
  asked[3]?.answer([]);
  await all[3];
  void shared('e');
  void shared('f');
  void shared('g');
  expect(asked.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

it('knows this machine', async () => {
  expect(await resolveBySystem('localhost')).toContain('127.0.0.1');
  expect([...ownAddresses()]).toContain('127.0.0.1');
});
