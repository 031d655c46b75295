import { describe, expect, it } from 'vitest';
import { checkCases, task } from '../testing/cases.ts';
import { check, configOf } from '../testing/marked.ts';

const boxed = (text: string): string => task(`sandbox: { image: node, ${text} }`);

describe('a sandbox', () => {
  checkCases([
    ['misspelt', task('sandbox: ⟦hots⟧'), 'bad-value', 'did you mean "host"?'],
    ['empty', task('sandbox: ⟦null⟧'), 'bad-value', 'must be host, or a mapping with an image, not empty'],
    [
      'without an image',
      task('sandbox: ⟦{ memory⟧: 4g }'),
      'missing-key',
      '"sandbox" of task "b" must have the key "image"',
    ],
    ['with a key that is not there', boxed('⟦memmory⟧: 4g'), 'unknown-key', 'did you mean "memory"?'],
    ["with Docker's word", boxed('⟦volumes⟧: []'), 'unknown-key', 'did you mean "mounts"?'],
    ['of no image', task('sandbox: { image: ⟦"-v/:/host"⟧ }'), 'bad-value', 'the name of an image'],
    [
      'with an expression',
      task('sandbox: { image: ⟦"node:${{ matrix.node }}"⟧ }'),
      'bad-value',
      'the name of an image',
    ],
    ['on a network misspelt', boxed('network: ⟦ful⟧'), 'bad-value', 'did you mean "full"?'],
    ['with a host for a list', boxed('network: ⟦example.com⟧'), 'bad-value', 'must be none, full or a list of hosts'],
    ['with a URL', boxed('network: [⟦"https://example.com/x"⟧]'), 'bad-host', 'without the scheme and the path'],
    ['with a star alone', boxed('network: [a.test, ⟦"*"⟧]'), 'bad-host', 'item 2 of "sandbox.network"'],
    ['with a top-level domain', boxed('network: [⟦"*.com"⟧]'), 'bad-host', 'whole top-level domain'],
    ['with a range', boxed('network: [⟦10.0.0.0/8⟧]'), 'bad-host', 'address ranges'],
    ['with a port too high', boxed('network: [⟦"a.test:70000"⟧]'), 'bad-host', 'no port from 1 to 65535'],
    ['with memory without a unit', boxed('memory: ⟦512⟧'), 'bad-value', 'a size such as 512m or 4g, not 512'],
    ['with too little memory', boxed('memory: ⟦1m⟧'), 'bad-value', '64m or more'],
    ['with too few processes', boxed('pids: ⟦10⟧'), 'bad-value', 'from 64'],
    ['without processors', boxed('cpus: ⟦0⟧'), 'bad-value', 'from 0.01'],
    ['as root', boxed('user: ⟦0⟧'), 'bad-value', 'must not be root'],
    ['as a group of root', boxed('user: ⟦"1000:0"⟧'), 'bad-value', 'must not be root'],
    ['as a name', boxed('user: ⟦node⟧'), 'bad-value', '1000:1000'],
    [
      'with a socket',
      boxed('mounts: [{ source: ⟦/var/run/docker.sock⟧, target: /s }]'),
      'bad-mount',
      'of the machine itself',
    ],
    ['with everything', boxed('mounts: [{ source: ⟦/etc/..⟧, target: /host }]'), 'bad-mount', 'the whole machine'],
    ['with git', boxed('mounts: [{ source: ⟦.git/hooks⟧, target: /hooks }]'), 'bad-mount', 'inside .git'],
    ['with what is outside', boxed('mounts: [{ source: ⟦../other⟧, target: /other }]'), 'bad-mount', 'leads out'],
    ["with somebody's home", boxed('mounts: [{ source: ⟦~bob/x⟧, target: /x }]'), 'bad-mount', 'only ~/…'],
    [
      'with a relative target',
      boxed('mounts: [{ source: a, target: ⟦b⟧ }]'),
      'bad-mount',
      'absolute path in the container',
    ],
    ['over the worktree', boxed('mounts: [{ source: a, target: ⟦/work/.git⟧ }]'), 'bad-mount', 'is taken'],
    ['around the homes', boxed('mounts: [{ source: a, target: ⟦/home⟧ }]'), 'bad-mount', 'lies around'],
    [
      'with two at one place',
      boxed('mounts: [{ source: a, target: /x }, { source: b, target: ⟦/x/⟧ }]'),
      'bad-mount',
      'another mount',
    ],
    [
      'in the defaults',
      'version: 1\ndefaults: { sandbox: { image: x, network: [⟦"*"⟧] } }\ntasks: [{ name: a, command: x }]',
      'bad-host',
    ],
  ]);

  it('says each mistake once, all of them', () => {
    const { diagnostics } = check(boxed('network: ["*", b/c], memory: x, pids: 1, mounts: [{ source: /, target: . }]'));
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'bad-host',
      'bad-host',
      'bad-value',
      'bad-value',
      'bad-mount',
      'bad-mount',
    ]);
  });

  it('is read with what it does not say', () => {
    const [, b] = configOf(
      boxed('network: [a.test], memory: 1.5g, user: 1000, mounts: [{ source: ~/m, target: /m }]'),
    ).tasks;
    expect(b?.sandbox?.settings).toEqual({
      image: 'node',
      network: [{ kind: 'name', host: 'a.test', port: 443 }],
      memory: 1.5 * 1024 ** 3,
      cpus: 2,
      pids: 512,
      readOnly: true,
      user: { uid: 1000, gid: 1000 },
      mounts: [{ source: '~/m', target: '/m', readOnly: true }],
      ca: 'image',
    });
    expect(configOf(task('sandbox: host')).tasks[1]?.sandbox).toBeUndefined();
  });
});
