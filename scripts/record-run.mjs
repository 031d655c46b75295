// Films a real run of orch in a terminal (tmux) and draws it as docs/images/run.svg.
// Usage: node scripts/build.mjs && node scripts/record-run.mjs [the orch.js to film]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { drawScreens } from './terminal-svg.mjs';

const COLUMNS = 100;
const ROWS = 30;
const BETWEEN = 600;
/** The last screen is the one to read. */
const LAST = 12;
const PICTURE = 'docs/images/run.svg';

/** Stand-ins for agents: they take their time and say what they do, and one of them claims what it has not done. */
const CONFIG = `version: 1
name: shop
max_parallel: 3
defaults: { timeout: 30m, retry_delay: 1s }
tasks:
  - name: db-schema
    command: ./agent.sh 'reading docs/tasks/db-schema.md' 'writing db/schema.sql' && cp schema.txt db/schema.sql
    expect: [db/schema.sql]
  - name: api
    depends_on: [db-schema]
    command: ./agent.sh 'reading docs/tasks/api.md' 'writing src/api.js' 'running its tests' && echo 'export {};' > src/api.js
    expect: ["src/api*"]
    verify: node --check src/api.js
  - name: web
    depends_on: [db-schema]
    retries: 1
    command: ./agent.sh 'reading docs/tasks/web.md' 'connecting' && test "$ORCH_ATTEMPT" = 2 && ./agent.sh 'writing src/web.js' && echo 'export {};' > src/web.js
    verify: node --check src/web.js
  - name: billing
    command: ./agent.sh 'reading docs/tasks/billing.md' 'thinking' 'all done, everything is implemented'
    changes: required
  - name: invoices
    depends_on: [billing]
    command: ./agent.sh 'writing src/invoices.js'
  - name: e2e
    depends_on: [api, web]
    command: ./agent.sh 'starting the shop' '12 passed' && echo passed > e2e.txt
`;
const AGENT = `#!/bin/sh
for line in "$@"; do echo "$line"; sleep 1.3; done
`;

const orch = resolve(process.argv[2] ?? 'dist/orch.js');
const root = mkdtempSync(join(tmpdir(), 'orch-film-'));
const repository = join(root, 'shop');
const socket = join(root, 'tmux');
try {
  makeRepository();
  const screens = await film();
  mkdirSync(dirname(PICTURE), { recursive: true });
  writeFileSync(PICTURE, drawScreens(screens, { columns: COLUMNS, rows: usedRows(screens), title: 'orch run' }));
  console.log(
    `${PICTURE}: ${screens.length} screens, ${screens.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)} s`,
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}

function makeRepository() {
  write('framework/orchestrator/orchestrator.yaml', CONFIG);
  write('agent.sh', AGENT, 0o755);
  write('schema.txt', 'create table orders (id integer primary key);\n');
  write('.gitignore', 'logs/\ndocs/orchestrator-run-summary.md\n');
  for (const folder of ['db', 'src']) write(`${folder}/.gitkeep`, '');
  write('bin/orch', `#!/bin/sh\nexec '${process.execPath}' '${orch}' "$@"\n`, 0o755);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('-c', 'user.name=Sam', '-c', 'user.email=sam@example.com', 'commit', '--quiet', '--message=The shop');
}

function write(path, text, mode = 0o644) {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text, { mode });
}

function git(...args) {
  execFileSync('git', args, { cwd: repository });
}

async function film() {
  const { PATH = '' } = process.env;
  const env = {
    ...process.env,
    PATH: `${join(repository, 'bin')}:${PATH}`,
    HOME: root,
    XDG_CACHE_HOME: join(root, 'cache'),
    LANG: 'C.UTF-8',

    CI: '',
  };
  const size = ['-x', String(COLUMNS), '-y', String(ROWS)];
  tmux(env, 'new-session', '-d', '-s', 'film', ...size, '-c', repository, 'bash --noprofile --norc');
  try {
    await until(() => /[$#]/.test(look()));
    tmux(env, 'send-keys', '-t', 'film', "PS1='$ '; clear", 'Enter');
    await until(() => look().trim() === '$');
    const screens = [];
    const keep = () => {
      const text = look();
      const last = screens.at(-1);
      if (last?.text === text) last.seconds += BETWEEN / 1000;
      else screens.push({ text, seconds: BETWEEN / 1000 });
      return text;
    };
    tmux(env, 'send-keys', '-t', 'film', 'orch run', 'Enter');
    await until(() => /run again|summary {2}/.test(keep()));
    await delay(500);
    keep();
    screens.at(-1).seconds = LAST;
    return screens;
  } finally {
    tmux(env, 'kill-server');
  }
}

/** Rows that are empty on every screen are not worth looking at. */
function usedRows(screens) {
  return Math.max(...screens.map(({ text }) => text.trimEnd().split('\n').length));
}

function look() {
  return tmux(process.env, 'capture-pane', '-e', '-p', '-t', 'film');
}

async function until(isTrue) {
  const deadline = Date.now() + 60_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`the run did not end; the screen shows:\n${look()}`);
    await delay(BETWEEN);
  }
}

function tmux(env, ...args) {
  return execFileSync('tmux', ['-S', socket, ...args], { env, encoding: 'utf8' });
}
