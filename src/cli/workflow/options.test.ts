import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mapping, scalar } from '../../workflow/index.ts';
import { hostEnvironment } from './host-env.ts';
import { withEnv } from './job-source.ts';
import { readSettings, type WorkflowOptions } from './options.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'orch-options-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = (options: WorkflowOptions, host: Record<string, string> = {}) => readSettings(root, options, host);

describe('settings', () => {
  test("come from the command line over act's files", () => {
    writeFileSync(join(root, '.env'), 'A=file\nB=file\n');
    writeFileSync(join(root, '.vars'), 'V=file\n');
    writeFileSync(join(root, '.input'), 'level=low\n');
    writeFileSync(join(root, '.actrc'), '--actor bob\n-P big=-self-hosted\n-P ubuntu-latest=node:20\n--privileged\n');
    const settings = read(
      { env: ['A=mine', 'C'], input: ['level=high'], secret: ['TOKEN'] },
      { C: 'host', TOKEN: 'abcd' },
    );
    expect(settings).toMatchObject({
      env: { A: 'mine', B: 'file', C: 'host' },
      vars: { V: 'file' },
      secrets: { TOKEN: 'abcd' },
      inputs: { named: { level: 'high' }, shared: { level: 'low' } },
      actor: 'bob',
      labels: new Set(['big', 'ubuntu-latest']),
      images: new Map([['ubuntu-latest', 'node:20']]),
      incomplete: 'unknown-label',
      notices: ['.actrc: --privileged has no meaning here'],
    });
    expect(read({ actor: 'ada' }).actor).toBe('ada');
    writeFileSync(join(root, '.actrc'), '--rm\n--privileged\n--rm\n');
    expect(read({}).notices).toEqual(['.actrc: --rm, --privileged have no meaning here']);
  });

  test('know folders in place of actions, and those of .actrc beneath them', () => {
    for (const name of ['mine', 'acts']) mkdirSync(join(root, name));
    writeFileSync(
      join(root, '.actrc'),
      '--local-repository https://github.com/o/r@v1=acts\n--local-repository o/r@v2=acts\n',
    );
    const { folders, notices } = read({ action: [`o/r@v1=${join(root, 'mine')}`] });
    expect(notices).toEqual([]);
    expect([...folders]).toEqual([
      ['o/r@v1', join(root, 'mine')],
      ['o/r@v2', join(root, 'acts')],
    ]);
  });

  test("come from act's files of the user too, the nearest last", () => {
    const home = join(root, 'home');
    mkdirSync(join(home, '.config/act'), { recursive: true });
    writeFileSync(join(home, '.config/act/actrc'), '--actor xdg\n--env=A=${WHO}\n-W .github/xdg.yml\n');
    writeFileSync(join(home, '.actrc'), '--actor home\n--defaultbranch dev\n');
    writeFileSync(join(root, '.actrc'), '# mine\n-j "test"\n');
    expect(read({}, { HOME: home, WHO: 'ada' })).toMatchObject({
      actor: 'home',
      defaultBranch: 'dev',
      jobs: ['test'],
      env: { A: 'ada' },
      workflows: [join(root, '.github/xdg.yml')],
      notices: [],
    });
    const other = read({}, { HOME: home, XDG_CONFIG_HOME: join(root, 'nowhere') });
    expect([other.actor, other.workflows]).toEqual(['home', []]);
  });

  test('serve labels by the command line, then the orchestrator.yaml, then the .actrc of the repository', () => {
    const home = join(root, 'home');
    mkdirSync(home);
    writeFileSync(join(home, '.actrc'), '-P ubuntu-latest=theirs\n-P mine=-self-hosted\n');
    writeFileSync(join(root, '.actrc'), '-P a=act\n-P A=late\n-P b=act\n-P c=act\n');
    const options = { platform: ['C=host', 'd=-self-hosted'] };
    const { labels, images, notices } = readSettings(root, options, { HOME: home }, { b: 'ours', c: 'ours' });
    expect([...labels].toSorted()).toEqual(['a', 'b', 'c', 'd', 'mine']);
    expect(Object.fromEntries(images)).toEqual({ a: 'late', b: 'ours' });
    expect(notices).toEqual([
      '.actrc: images are taken from that of the repository alone; passed over, of your own: -P ubuntu-latest=theirs',
    ]);
  });

  test('take inputs from files, which may hold some that are not known', () => {
    writeFileSync(join(root, 'inputs'), 'level=low\nother=1\n');
    expect(read({ inputFile: [join(root, 'inputs')] }).inputs.shared).toEqual({ level: 'low', other: '1' });
  });

  test('take a payload from a file', () => {
    writeFileSync(join(root, 'event.json'), '{"action": "closed"}');
    expect(read({ eventPath: join(root, 'event.json') }).payload).toEqual({ action: 'closed' });
  });

  test('say the ref of an event in one place', () => {
    writeFileSync(join(root, 'event.json'), '{"ref": "refs/tags/v1"}');
    const eventPath = join(root, 'event.json');
    expect(() => read({ eventPath, ref: 'v1' })).toThrow('both say which ref');
    writeFileSync(eventPath, '{"action": "closed"}');
    expect(read({ eventPath, ref: 'v1' })).toMatchObject({ ref: 'v1', payload: { action: 'closed' } });
  });

  test.each<[string, WorkflowOptions]>([
    ['--repository wants OWNER/NAME', { repository: 'cat' }],
    ['"-v/:/host" is no image', { platform: ['ubuntu-latest=-v/:/host'] }],
    ['--action wants OWNER/REPO@REF=DIR', { action: ['actions/checkout=dir'] }],
    ['--action o/r@v1: there is no folder', { action: ['o/r@v1=/nowhere'] }],
    ['there is no such variable', { env: ['NOT_THERE'] }],
    ['say the opposite of each other', { strict: true, allowUnserved: true }],
    ['--event-path /nowhere/event.json cannot be read: no such file', { eventPath: '/nowhere/event.json' }],
    ['there is no event "pul_request"', { event: 'pul_request' }],
    ['--matrix wants KEY:VALUE', { matrix: ['os'] }],
  ])('are refused: %s', (message, options) => expect(() => read(options)).toThrow(message));
});

describe('the environment of steps', () => {
  test('has little of the host, and what was given', () => {
    const host = { PATH: '/bin', HOME: '/home/ada', NPM_TOKEN: 'x', GITHUB_TOKEN: 'y' };
    expect(hostEnvironment(host, { ACT: 'true' })).toEqual({ PATH: '/bin', HOME: '/home/ada', ACT: 'true' });
  });

  test('is seen by expressions too, beneath what the workflow says itself', () => {
    const own = mapping({ A: scalar('workflow') });
    expect(withEnv(own, { A: 'given', B: 'given', C: '${{ secrets.X }}' })).toEqual(
      mapping({ B: scalar('given'), A: scalar('workflow') }),
    );
    expect(withEnv(undefined, {})).toBeUndefined();
    const expression = scalar('${{ fromJSON(vars.env) }}');
    expect(withEnv(expression, { B: 'given' })).toBe(expression);
  });
});
