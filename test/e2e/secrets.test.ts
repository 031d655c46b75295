/** A secret that a task spreads in every way it can is nowhere to be found afterwards. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  createRepository,
  endings,
  filesBelow,
  finished,
  orch,
  processesWith,
  type Repository,
  startOrch,
  warningsOf,
} from './rig/index.ts';

const TOKEN = 'hunter2/+"quoted" & <tagged>';
const KEY = [
  '-----BEGIN KEY-----',
  'TUlJQ1hBSUJBQUtCZ1FDcUdLdWtPMUR',
  'MjA1NDhmNGJhZmNhNzQ1YjE4ZTQ3',
  '-----END KEY-----',
].join('\n');
const PARTS = ['hunter2', 'quoted', 'tagged', 'TUlJQ1hBSUJB', 'MjA1NDhmNGJh'];
const OTHERS = [
  Buffer.from(TOKEN).toString('base64').slice(0, 16),
  Buffer.from(`user:${TOKEN}`).toString('base64').slice(8, 24),
  encodeURIComponent('/+"quoted"'),
  JSON.stringify('/+"quoted"').slice(1, -1),
];

const SPREAD = [
  'echo "plain: $TOKEN"',
  'printf "split: %s" "${TOKEN:0:4}"; tell half; await-note other-half; printf "%s\\n" "${TOKEN:4}"',
  'printf %s "$TOKEN" | base64 -w0; echo',
  'printf "user:%s" "$TOKEN" | base64 -w0; echo',
  'printf "%s" "$TOKEN" | base64 -w 10',
  `node -p 'encodeURIComponent(process.env.TOKEN)'`,
  `node -p 'JSON.stringify({ token: process.env.TOKEN })'`,
  'echo "$KEY"; printf %s "$KEY" | sed "s/^/  indented: /"',
  'echo "on stderr: $TOKEN" >&2',
];

/** Each of the things that a report may repeat. */
const HIDE = [
  'echo "token=$TOKEN" >> "$ORCH_OUTPUT"; echo "$TOKEN=1" >> "$ORCH_OUTPUT"',
  'echo x > "$(printf %s "$KEY" | sed -n 2p)"; mkdir -p out; echo x > out/x',
  // Not as an argument: that would be the task's own leak.
  'git add -A; echo "subject $TOKEN" | git -c user.name=t -c user.email=t@t commit -qF -',
  // Subjects are cut to 500 characters: here in the middle of the secret, and of another form of it.
  '{ printf "%0490d" 0; echo "$TOKEN"; } | git -c user.name=t -c user.email=t@t commit --allow-empty -qF -',
  '{ printf "%0480d" 0; printf %s "$TOKEN" | base64 -w0; } | git -c user.name=t -c user.email=t@t commit --allow-empty -qF -',
];

function run(repo: Repository, secretFile: string): ReturnType<typeof startOrch> {
  return startOrch(repo, ['run', '--ui', 'plain', '--secret-file', secretFile], { env: { TOKEN } });
}

it('in no log, journal, report, process title, branch name, nor in what orch prints', async () => {
  const repo = createRepository({
    config: {
      on_finish: 'echo "finished with $TOKEN"',
      defaults: { secrets: ['TOKEN', 'KEY'] },
      tasks: [
        { name: 'spread', command: SPREAD.join('\n') },
        { name: 'hide', command: HIDE.join('\n'), outputs: ['token'] },
        {
          name: 'blame',
          depends_on: ['hide'],
          command: 'echo "last words $TOKEN"; exit 4',
          env: { GOT: '${{ needs.hide.outputs.token }}' },
        },
        { name: 'not-for-me', secrets: [], command: 'test -z "${TOKEN+x}${KEY+x}"' },
      ],
    },
  });
  const secretFile = join(repo.place.top, 'secrets.env');
  writeFileSync(secretFile, `KEY="${KEY}"\n`, { mode: 0o600 });
  const started = run(repo, secretFile);
  await repo.heard('half');
  const titles = processesWith(repo.place.top).map(({ command }) => command);
  if (process.platform === 'linux') expect(titles.length).toBeGreaterThan(2);
  repo.tell('other-half');
  const { exitCode, events, stdout, stderr } = await started.ended;
  expect(endings(events)).toEqual({ spread: 'success', hide: 'success', blame: 'exit-code', 'not-for-me': 'success' });
  expect(exitCode).toBe(1);

  const places: Readonly<Record<string, string>> = {
    titles: titles.join('\n'),
    stdout,
    stderr,
    branches: repo.git('for-each-ref'),
    ...Object.fromEntries(filesBelow(join(repo.root, 'logs')).map((path) => [path, repo.read(`logs/${path}`)])),
    ...Object.fromEntries(filesBelow(join(repo.root, 'docs')).map((path) => [path, repo.read(`docs/${path}`)])),
  };
  const found = Object.entries(places).flatMap(([place, text]) =>
    [...PARTS, ...OTHERS].filter((part) => text.includes(part)).map((part) => `${part} in ${place}`),
  );
  expect(found).toEqual([]);
  // The looks were at something.
  expect(Object.keys(places).length).toBeGreaterThan(10);
  const log = repo.read('logs/spread.log').split('\n');
  expect(log[0]).toBe('plain: ***');
  expect(log[1]).toBe('split: ***');
  expect(log.at(-2)).toMatch(/on stderr: \*\*\*$/);
  expect(stderr).toContain('finished with ***');
  // As on GitHub, an output that holds a secret is not handed on.
  expect(finished(events, 'hide').outputs).toEqual({});
  expect(warningsOf(events, 'output-dropped')).toHaveLength(1);
});

it('what makes a bad secret is said before anything starts', async () => {
  const repo = createRepository({
    config: { tasks: [{ name: 'deploy', command: 'true', secrets: ['TOKEN', 'PIN'] }] },
  });
  const cases: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ TOKEN: 'long enough' }, 'PIN'],
    [{ TOKEN: 'long enough', PIN: '123' }, 'PIN'],
    [{ TOKEN: 'Deploy', PIN: '12345' }, 'TOKEN'],
  ];
  for (const [env, name] of cases) {
    const { exitCode, stderr } = await orch(repo, ['run'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/123|Deploy"|at .*\.js/);
  }
  const warned = await orch(repo, ['run', '--secret', 'TOKEN=hunter2-on-the-line', '--secret', 'PIN'], {
    env: { PIN: '12345' },
  });
  expect(warned.exitCode).toBe(0);
  expect(warned.stderr).toContain('TOKEN');
  expect(repo.read('logs/framework-run.jsonl')).not.toContain('hunter2');
  expect(repo.read('docs/orchestrator-run-summary.md')).not.toContain('hunter2');
});
