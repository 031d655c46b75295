import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { hostPath } from '../../shared/brand.ts';
import { createMasker } from '../../shared/mask.ts';
import { forgetPutAside, putAside, readPutAside } from './put-aside.ts';
import type { StandingJob } from './standing-job.ts';
import { firstStep, stepDone } from './step-order.ts';

const SECRET = 'hunter22"$(x)';
const SECRETS = { TOKEN: SECRET };
const SCRIPT = '0b0e1c1e-1111-4222-8333-123456789abc.sh';

const scratch: string[] = [];
afterEach(() => {
  for (const directory of scratch.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function createPlace() {
  const top = mkdtempSync(join(tmpdir(), 'orch-put-aside-'));
  scratch.push(top);
  const outside = join(top, 'outside');
  const temp = join(top, 'job-1', '_temp');
  const paused = join(top, '_paused');
  for (const directory of [outside, temp, paused]) mkdirSync(directory, { recursive: true });
  for (const directory of [outside, temp]) writeFileSync(join(directory, SCRIPT), `echo ${SECRET}`);
  const masker = createMasker([SECRET, 'made-later'], { shortest: 1 });
  const seal = { secrets: SECRETS, mask: (text: string) => masker.maskText(text) };
  const process = {
    cwd: `${top}/it's`,
    env: { PLAIN: "a'b", WORD: `x${SECRET}`, 'made-later': '1', GONE: 'made-later' },
  };
  const directory = hostPath(join(paused, 'build'));
  return { outside, temp, paused, directory, aside: { directory, temp: hostPath(temp), process, seal } };
}

function standing(): StandingJob {
  const done = { outcome: 'success', conclusion: 'success', outputs: { o: `<${SECRET}>`, p: 'plain' } } as const;
  return {
    steps: {
      order: stepDone(firstStep(), 'one', done),
      turns: 3,
      name: `Run ${SECRET}`,
      failure: { code: 'exit-code', message: 'made-later' },
      outputs: {},
      background: [4],
    },
    done: 'digest',
    home: '/home',
    env: new Map([
      ['A', SECRET],
      ['B', Buffer.from(SECRET).toString('base64')],
      ['made-later', 'x'],
    ]),
    path: ['/opt/x'],
    actions: { states: [['act', [['k', SECRET]]]], orders: [['act', firstStep()]], begun: ['act'] },
    matchers: ['fine', 'made-later'].map((owner) => ({
      owner,
      severity: 'error' as const,
      fromPath: '',
      patterns: [{ regexp: /^BAD (.+)$/iu, message: 1, loop: false }],
    })),
  };
}

it('comes back as it was, with the secrets that are given then; what else was masked is lost, and told', async () => {
  const { directory, aside } = createPlace();
  await putAside(standing(), aside);
  const { steps, ...job } = standing();
  const found = await readPutAside(directory, SECRETS);
  expect(found?.job).toEqual({
    ...job,
    steps: { ...steps, failure: { code: 'exit-code', message: '' } },
    env: new Map([
      ['A', SECRET],
      ['B', ''],
    ]),
    matchers: job.matchers.slice(0, 1),
  });
  expect(found?.lost).toEqual(['why the step failed', 'the variable B']);
});

it('writes no secret in any form, for its owner alone, and removes scripts that may hold one', async () => {
  const { directory, temp, aside } = createPlace();
  const enter = await putAside(standing(), aside);
  await putAside(standing(), aside);
  expect(readdirSync(directory).sort()).toEqual(['enter.sh', 'state.json']);
  for (const name of readdirSync(directory)) {
    const text = readFileSync(join(directory, name), 'utf8');
    for (const form of [
      SECRET,
      JSON.stringify(SECRET).slice(1, -1),
      Buffer.from(SECRET).toString('base64'),
      'made-later',
    ])
      expect(text).not.toContain(form);
  }
  expect([enter, join(directory, 'state.json'), directory].map((path) => statSync(path).mode & 0o777)).toEqual([
    0o700, 0o600, 0o700,
  ]);
  expect(readFileSync(enter, 'utf8')).toContain(`'PLAIN=a'\\''b'`);
  expect(existsSync(join(temp, SCRIPT))).toBe(false);
});

it.each(['directory', 'paused', 'temp'] as const)(
  'goes through no link that the job put in place of %s',
  async (which) => {
    const place = createPlace();
    const path = place[which];
    rmSync(path, { recursive: true, force: true });
    symlinkSync(place.outside, path);
    await expect(putAside(standing(), place.aside)).rejects.toThrow('no directory');
    expect(readdirSync(place.outside)).toEqual([SCRIPT]);
    if (which === 'temp') return;
    await expect(readPutAside(place.directory, SECRETS)).rejects.toThrow('no directory');
    mkdirSync(join(place.outside, 'build'));
    if (which === 'paused') await expect(forgetPutAside(place.directory)).rejects.toThrow('no directory');
    else await forgetPutAside(place.directory);
    expect(readdirSync(place.outside)).toEqual([SCRIPT, 'build']);
  },
);

it.each(['', '{', 'null', '{"version":1}', '{"version":1,"order":{"results":7}}', '[]'])(
  'is not there when it is %j',
  async (text) => {
    const { directory } = createPlace();
    mkdirSync(directory);
    writeFileSync(join(directory, 'state.json'), text);
    expect(await readPutAside(directory, SECRETS)).toBeUndefined();
  },
);

it('is not there when it is a link, or was never made', async () => {
  const { directory, outside } = createPlace();
  expect(await readPutAside(directory, SECRETS)).toBeUndefined();
  mkdirSync(directory);
  symlinkSync(join(outside, SCRIPT), join(directory, 'state.json'));
  expect(await readPutAside(directory, SECRETS)).toBeUndefined();
});
