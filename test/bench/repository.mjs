// Git repositories to run things in.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CONFIG = 'framework/orchestrator/orchestrator.yaml';

/** `files` files of four kilobytes on average, ten a directory, an orchestrator.yaml and `more` files, all committed. */
export function makeRepository(place, { files, config, more = {} }) {
  const root = mkdtempSync(join(place.top, 'repository-'));
  const git = (...args) => execFileSync('git', args, { cwd: root, env: place.env, encoding: 'utf8' }).trim();
  const write = (path, text) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (let index = 0; index < files; index++) {
    const lines = Array.from({ length: 60 + (index % 7) * 30 }, (_, line) => `export const value${line} = ${index};\n`);
    write(`src/part-${Math.floor(index / 10)}/file-${index}.js`, lines.join(''));
  }
  write('.gitignore', 'logs/\ndocs/orchestrator-run-summary.md\n');
  if (config !== undefined) write(CONFIG, config);
  for (const [path, text] of Object.entries(more)) write(path, text);
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'bench');
  git('config', 'user.email', 'bench@example.com');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  return { root, git, configure: (text) => writeFileSync(join(root, CONFIG), text) };
}

/** `count` tasks, each of which writes one small file. */
export function smallTasks(count, settings = '') {
  const tasks = Array.from({ length: count }, (_, i) => `  - name: t${i + 1}\n    command: ${smallTask(i + 1)}\n`);
  return `version: 1\n${settings}tasks:\n${tasks.join('')}`;
}

export function smallTask(number) {
  return `echo ${number} > out-${number}.txt`;
}
