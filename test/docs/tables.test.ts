import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { makeProgram } from '../../src/cli/program.ts';
import { FLAGS } from '../../src/cli/workflow/act-files.ts';
import type { RunEvent } from '../../src/engine/index.ts';
import { configSchema } from '../../src/orchestrator/index.ts';
import { foldRun, statusOf } from '../../src/reports/index.ts';
import { EXIT } from '../../src/shared/exit-codes.ts';
import { FAILURE_CODES } from '../../src/shared/failure.ts';
import { codeOf, readTable } from './markdown.ts';

interface Schema {
  readonly $ref?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const schema = configSchema as Schema;
const ONE_JOB: readonly RunEvent[] = [
  { seq: 1, time: '2026-11-22T21:31:45.962Z', type: 'job.requested', job: 'a', leg: 'a' },
];

const FORMAT = 'docs/orchestrator-yaml.md';

/** As the table is to show it; undefined where the schema leaves it to words. */
function defaultOf({ required = [], properties = {} }: Schema, key: string): string | undefined {
  if (required.includes(key)) return 'required';
  const property = properties[key] ?? {};
  const value = property.default ?? definitionOf(property.$ref).default;
  if (value === undefined) return undefined;
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function definitionOf(ref = ''): Schema {
  return schema.definitions?.[ref.replace('#/definitions/', '')] ?? {};
}

describe('docs/orchestrator-yaml.md', () => {
  it.each([
    ['top', schema],
    ['task', definitionOf('task')],
    ['worktrees', definitionOf('worktrees')],
    ['sandbox', definitionOf('sandbox')],
    ['review', definitionOf('review')],
  ] as const)('names every key and default of %s', (name, part) => {
    const keys = Object.keys(part.properties ?? {});
    const rows = readTable(FORMAT, name).map(([key, , shown]) => ({ key: codeOf(key), shown }));
    expect(keys.length).toBeGreaterThan(4);
    expect(rows.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
    expect(rows).toEqual(rows.map(({ key, shown }) => ({ key, shown: defaultOf(part, key) ?? shown })));
  });
});

describe('docs/troubleshooting.md', () => {
  const rows = readTable('docs/troubleshooting.md', 'failures');

  it('explains every failure code', () => {
    expect(rows.map(([code]) => codeOf(code)).toSorted()).toEqual(FAILURE_CODES.toSorted());
    expect(rows.filter((row) => row.length !== 3 || row.includes(''))).toEqual([]);
  });

  it('marks those that retry_on takes', () => {
    const marked = rows.flatMap(([code]) => (code?.endsWith('↻') === true ? [codeOf(code)] : []));
    const taken = JSON.stringify(definitionOf('task').properties?.['retry_on']);
    expect(marked.toSorted()).toEqual(FAILURE_CODES.filter((code) => taken.includes(`"${code}"`)).toSorted());
  });
});

it.each(['README.md', 'docs/troubleshooting.md'])('%s lists the exit codes', (file) => {
  const shown = readTable(file, 'exits').map(([code]) => Number(code));
  expect(shown).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
});

it('the README lists the commands that people call', () => {
  const commands = makeProgram(() => undefined).commands.map((command) => command.name());
  const shown = readTable('README.md', 'commands').map(([command]) => codeOf(command).replace('orch ', ''));
  // Those that begin with underscores are for completion scripts.
  expect(shown.toSorted()).toEqual(commands.filter((name) => !name.startsWith('__') && name !== 'help').toSorted());
});

it('a command that is named is made as it is among all', () => {
  for (const command of makeProgram(() => undefined).commands) {
    const alone = makeProgram(() => undefined, command.name()).commands.find((made) => made.name() === command.name());
    expect(alone?.helpInformation()).toBe(command.helpInformation());
  }
});

it('docs/output.md names the fields of the status', () => {
  const status = statusOf(foldRun(ONE_JOB), { run: 'r', lost: false });
  const fields = (table: string) => readTable('docs/output.md', table).map(([field]) => codeOf(field));
  expect(fields('status')).toEqual(Object.keys(status));
  expect(fields('status-legs')).toEqual(Object.keys(status.legs[0] ?? {}));
});

it("docs/workflows.md names the flags of act's files that mean something here", () => {
  const shown = readTable('docs/workflows.md', 'act').flatMap(([flags]) => [...(flags ?? '').matchAll(/`([^`]+)`/g)]);
  expect(shown.map(([, flag = '']) => flag).toSorted()).toEqual(Object.keys(FLAGS).toSorted());
});

it('docs/architecture.md has the import table that is enforced', () => {
  const { table } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
    readonly table: Readonly<
      Record<
        string,
        {
          readonly own: readonly string[] | '*';
          readonly npm: readonly string[];
          readonly node: readonly string[] | '*';
          readonly fs?: readonly string[];
        }
      >
    >;
  };
  const list = (names: readonly string[]): string => (names.length === 0 ? '–' : names.join(', '));
  const node = ({ node: all, fs = [] }: (typeof table)[string]): string => {
    if (all === '*') return 'all';
    return fs.length === 0 ? '–' : `in ${fs.map((file) => `\`${file}\``).join(', ')}`;
  };
  const rows = Object.entries(table).map(([room, rule]) => [
    `\`${room}\``,
    rule.own === '*' ? 'all' : list(rule.own),
    list(rule.npm),
    node(rule),
  ]);
  expect(readTable('docs/architecture.md', 'imports')).toEqual(rows);
});

describe('decisions', () => {
  const files = readdirSync('docs/decisions').filter((file) => /^\d{4}-/.test(file));
  const index = readFileSync('docs/decisions/README.md', 'utf8');

  it.each(files)('%s has every part, and is in the index', (file) => {
    const text = readFileSync(`docs/decisions/${file}`, 'utf8');
    expect(text).toMatch(new RegExp(`^# ${file.slice(0, 4)}: .+\\n\\nDate: \\d{4}-\\d\\d-\\d\\d\\n\\nStatus: \\w+`));
    const parts = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    expect(parts).toEqual(['Context', 'Decision', 'Consequences']);
    expect(index).toContain(`](${file})`);
  });

  it('are numbered without gaps', () => {
    expect(files.map((file) => Number(file.slice(0, 4)))).toEqual(files.map((_, at) => at + 1));
  });
});

it('the schema beside the orchestrator.yaml is the schema', () => {
  const copy: unknown = JSON.parse(readFileSync('framework/orchestrator/orchestrator.schema.json', 'utf8'));
  expect(copy).toEqual(configSchema);
});
