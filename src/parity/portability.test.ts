import { expect, it } from 'vitest';
import type { Workflow } from '../workflow/index.ts';
import { parseWorkflow } from '../workflow/parse/index.ts';
import { checkPortability, type Portable, type Script } from './portability.ts';

const FILE = '.github/workflows/x.yml';
const TEXT = `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v7
      - uses: ./.github/actions/run-task
`;

function read(text: string): Workflow {
  const parsed = parseWorkflow(text, FILE);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value.value;
}

function script(text: string): Script {
  return { of: 'task "a"', text, at: { file: 'o.yaml' } };
}

/** Code, place and message of each. */
function check(more: Partial<Omit<Portable, 'workflow'>>): readonly string[] {
  const text = more.text ?? TEXT;
  const portable = { file: FILE, scripts: [], values: [], modes: new Map(), ...more, text, workflow: read(text) };
  return checkPortability(portable).map(({ code, at, message }) => {
    const start = at?.range?.start;
    return `${code} ${at?.file ?? ''}${start === undefined ? '' : `:${start.line}:${start.column}`} ${message}`;
  });
}

it('nothing is said of what works there', () => {
  const scripts = [script('npm ci && python3.12 x.py | tee log; gcc-13 x.c; ./ok.sh; cd /home/runner/work; cat a~/b')];
  expect(
    check({
      scripts,
      modes: new Map([
        ['ok.sh', '100755'],
        ['a/b', '100644'],
        ['b/B', '100644'],
      ]),
    }),
  ).toEqual([]);
});

it('an action of the repository before its checkout', () => {
  const text = TEXT.replace('- uses: actions', '- uses: ./early\n      - uses: actions');
  expect(check({ text })).toEqual([
    `action-before-checkout ${FILE}:6:9 "a" uses ./early before anything is checked out`,
  ]);
  expect(check({ text: TEXT.replace(/.*checkout.*\n/, '') })).toHaveLength(1);
});

it('labels that no runner of GitHub has, and those of own runners, where nothing is known of programs', () => {
  const of = (label: string) => check({ text: TEXT.replace('ubuntu-latest', label), scripts: [script('claude')] });
  expect(of('ubuntu-lastest')).toEqual([
    `no-such-runner ${FILE}:4:14 GitHub has no runner with the label "ubuntu-lastest"`,
    expect.stringMatching(/^not-on-the-image/),
  ]);
  expect(of('[self-hosted, gpu]')).toEqual([
    `own-runner ${FILE}:4:15 the jobs wait for a runner of your own`,
    `no-such-runner ${FILE}:4:28 GitHub has no runner with the label "gpu"`,
  ]);
  expect(of('windows-latest')).toEqual([]);
});

it('programs that the image does not have', () => {
  const scripts = [script('git status\nclaude -p x | jq .')];
  expect(check({ scripts })).toEqual([
    'not-on-the-image o.yaml task "a" calls claude, which GitHub\'s Ubuntu image does not have',
  ]);
  expect(check({ scripts: [{ ...script('claude'), inContainer: true }] })).toEqual([]);
  const setup = (text: string) => ({ ...script(text), of: '"worktrees.setup"', isSetup: true });
  expect(check({ scripts: [setup('npm ci'), ...scripts] })).toHaveLength(1);
  expect(check({ scripts: [setup('claude --version')] })).toHaveLength(1);
  expect(check({ scripts: [setup('npm install -g claude'), ...scripts] })).toEqual([]);
});

it('secrets and variables, once each where they are first asked for', () => {
  const env =
    '    env:\n      A: ${{ secrets.KEY }}${{ vars.PLACE }}\n      B: ${{ secrets.KEY }} ${{ secrets.GITHUB_TOKEN }}\n';
  expect(check({ text: `# secrets.NOT\n${TEXT}${env}` })).toEqual([
    `needs-secret ${FILE}:10:14 the secret KEY has to be set on GitHub`,
    `needs-variable ${FILE}:10:32 the variable PLACE has to be set on GitHub`,
  ]);
});

it('paths of this machine, in commands and in values', () => {
  const text = 'cp ~/x "/home/me/y" /Users/me/z; cp ~/x .\n # not ~/y\nscp x host:/home/me/z; mkdir -p ~/.cache/x';
  const scripts = [script(text), { ...script('ls ~/y'), inContainer: true }];
  const values = [{ ...script('C:\\Users\\me'), of: 'the variable HERE' }];
  expect(check({ scripts, values })).toEqual([
    'host-path o.yaml task "a" names ~/x, a path of this machine',
    'host-path o.yaml task "a" names /home/me/y, a path of this machine',
    'host-path o.yaml task "a" names /Users/me/z, a path of this machine',
    'host-path o.yaml the variable HERE names C:\\Users\\me, a path of this machine',
  ]);
});

it('scripts that git has without their bit', () => {
  const modes = new Map([
    ['x.sh', '100644'],
    ['bin/y', '100644'],
  ]);
  expect(check({ scripts: [script('./x.sh; bin/y; bash x.sh; ./other')], modes })).toEqual([
    'not-executable o.yaml task "a" starts x.sh, which git has as not executable',
    'not-executable o.yaml task "a" starts bin/y, which git has as not executable',
  ]);
  expect(check({ scripts: [{ ...script('./y'), directory: './bin' }], modes })).toHaveLength(1);
});

it('names that are one on other systems, told at the topmost folder', () => {
  const modes = new Map(['src/A/x', 'src/a/x', 'src/a/X'].map((path) => [path, '100644']));
  expect(check({ modes })).toEqual(['case-only src/A src/A and src/a differ by case alone']);
});
