import { describe, expect, it } from 'vitest';
import { githubWording } from '../parse/index.ts';
import { workflowOf } from '../parse/testing/reading.ts';
import { type LoadWorkflow, type ResolvedWorkflow, resolveCalls, type WorkflowOrigin } from './index.ts';

const CALLS = (path: string, more = ''): string => `  c: { uses: ${path}${more === '' ? '' : `, ${more}`} }`;
const RUNS = (more = ''): string => `  r: { runs-on: x, steps: [{ run: x }]${more === '' ? '' : `, ${more}`} }`;
const FILE = (jobs: string, on = 'workflow_call', top = ''): string =>
  `on: ${on}\n${top === '' ? '' : `${top}\n`}jobs:\n${jobs}\n`;
const LOCAL = './.github/workflows';

function nameOf({ repository, ref, sha, path }: WorkflowOrigin): string {
  const name = path.replace('.github/workflows/', '');
  return repository === undefined ? name : `${repository}@${sha ?? ref}:${name}`;
}

/** The tree of what was resolved, or the lines of what is wrong; and what was loaded. */
async function resolved(
  entry: string,
  files: Readonly<Record<string, string>>,
): Promise<{ tree: unknown; loads: readonly string[] }> {
  const loads: string[] = [];
  const load: LoadWorkflow = (origin) => {
    const name = nameOf(origin);
    loads.push(name);
    const text = files[name];
    if (text === undefined) return Promise.resolve({ ok: false, error: { message: `there is no ${name}` } });
    // A branch is told as the commit that it stood for.
    const pinned = origin.ref === 'main' ? { ...origin, sha: 'sha' } : origin;
    return Promise.resolve({ ok: true, value: { text, file: name, origin: pinned } });
  };
  const origin = { path: '.github/workflows/entry.yml' };
  const result = await resolveCalls({ workflow: workflowOf(entry), file: 'entry.yml', origin }, load);
  return { tree: result.ok ? treeOf(result.value.value) : githubWording(result.error), loads };
}

function treeOf({ origin, callees }: ResolvedWorkflow): unknown {
  if (callees.size === 0) return nameOf(origin);
  return { [nameOf(origin)]: Object.fromEntries([...callees].map(([job, callee]) => [job, treeOf(callee)])) };
}

async function wrong(call: string, callee: string, top = ''): Promise<unknown> {
  const { tree } = await resolved(FILE(CALLS(`${LOCAL}/a.yml`, call), 'push', top), { 'a.yml': callee });
  return tree;
}

describe('where workflows come from (U1)', () => {
  it('./ is the repository and the commit of the file that says so', async () => {
    const { tree } = await resolved(FILE(CALLS('o/r/.github/workflows/a.yml@main'), 'push'), {
      'o/r@main:a.yml': FILE(CALLS(`${LOCAL}/b.yml`)),
      'o/r@sha:b.yml': FILE(RUNS()),
    });
    expect(tree).toEqual({ 'entry.yml': { c: { 'o/r@sha:a.yml': { c: 'o/r@sha:b.yml' } } } });
  });

  it('a file is loaded once, whoever calls it', async () => {
    const twice = `  a: { uses: ${LOCAL}/a.yml }\n  b: { uses: ${LOCAL}/a.yml }`;
    const { tree, loads } = await resolved(FILE(twice, 'push'), { 'a.yml': FILE(RUNS()) });
    expect(tree).toEqual({ 'entry.yml': { a: 'a.yml', b: 'a.yml' } });
    expect(loads).toEqual(['a.yml']);
  });

  it('says what cannot be loaded, and where it is called', async () => {
    const { tree } = await resolved(FILE(CALLS(`${LOCAL}/a.yml`), 'push'), {});
    expect(tree).toEqual(['entry.yml (Line: 3, Col: 14): there is no a.yml']);
  });

  it('says what is wrong in what is called', async () => {
    expect(await wrong('', FILE(RUNS('nmae: x')))).toEqual(["a.yml (Line: 3, Col: 41): Unexpected value 'nmae'"]);
  });

  it.each(['push', '[push]', '{ push: }'])('on: %s cannot be called', async (on) => {
    expect(await wrong('', FILE(RUNS(), on))).toEqual([
      'entry.yml (Line: 3, Col: 14): workflow_call key is not defined in the referenced workflow.',
    ]);
  });
});

describe('inputs (U2) and secrets (U3)', () => {
  const callee = FILE(
    RUNS(),
    '{ workflow_call: { inputs: { s: { type: string, required: true }, b: { type: boolean }, n: { type: number } }, secrets: { t: { required: true }, o: } } }',
  );
  const at = (column: number, message: string): string => `entry.yml (Line: 3, Col: ${column}): ${message}`;

  it.each<[string, readonly string[]]>([
    ['with: { S: 1, b: "${{ inputs.x }}", n: 2 }, secrets: { T: x }', []],
    ['with: { s: x, b: true }, secrets: inherit', []],
    ['secrets: inherit', [at(14, 'Input s is required, but not provided while calling.')]],
    ['with: { s: x }', [at(14, 'Secret t is required, but not provided while calling.')]],
    ['with: { s: x, z: 1 }, secrets: inherit', [at(58, 'Invalid input, z is not defined in the referenced workflow.')]],
    ['with: { s: x, b: "true" }, secrets: inherit', [at(58, "Unexpected value 'true'")]],
    ['with: { s: x, n: many }, secrets: inherit', [at(58, "Unexpected value 'many'")]],
    [
      'with: { s: x }, secrets: { t: x, y: x }',
      [at(77, 'Invalid secret, y is not defined in the referenced workflow.')],
    ],
  ])('%s', async (call, lines) => {
    expect(await wrong(call, callee)).toEqual(lines.length === 0 ? { 'entry.yml': { c: 'a.yml' } } : lines);
  });
});

describe('permissions only shrink (P2)', () => {
  const REQUEST = (who: string, asks: string, has: string, line: number): string =>
    `entry.yml (Line: ${line}, Col: 3): Error calling workflow './.github/workflows/a.yml'. ${who} is requesting '${asks}', but is only allowed '${has}'.`;

  it.each<[string, string, string, string, readonly string[]]>([
    ['', '', 'permissions: write-all', '', []],
    ['permissions: { contents: write }', '', 'permissions: { contents: read }', 'permissions: { contents: write }', []],
    [
      'permissions: { contents: read }',
      '',
      'permissions: { contents: write }',
      '',
      [REQUEST('The workflow', 'contents: write', 'contents: read', 3)],
    ],
    [
      'permissions: { contents: read }',
      '',
      '',
      'permissions: { contents: write, issues: read }',
      [REQUEST("The nested job 'r'", 'contents: write, issues: read', 'contents: read, issues: none', 3)],
    ],
    ['', 'permissions: write-all', 'permissions: read-all', '', []],
    [
      'permissions: {}',
      'permissions: read-all',
      '',
      'permissions: { checks: read }',
      [REQUEST("The nested job 'r'", 'checks: read', 'checks: none', 4)],
    ],
  ])('%j, workflow %j, callee %j and its job %j', async (...[call, top, callee, job, lines]) => {
    const tree = await wrong(call, FILE(RUNS(job), 'workflow_call', callee), top);
    expect(tree).toEqual(lines.length === 0 ? { 'entry.yml': { c: 'a.yml' } } : lines);
  });

  it('what a caller may not, its callees may not either', async () => {
    const { tree } = await resolved(FILE(CALLS(`${LOCAL}/a.yml`), 'push', 'permissions: read-all'), {
      'a.yml': FILE(CALLS(`${LOCAL}/b.yml`)),
      'b.yml': FILE(RUNS('permissions: { checks: write }')),
    });
    expect(tree).toEqual([
      expect.stringMatching(/^a\.yml \(Line: 3, Col: 3\): .*'checks: write', but is only allowed 'checks: read'/),
    ]);
  });
});

describe('levels and numbers (U6)', () => {
  const chain = (length: number): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Array.from({ length }, (_, n) => [`${n}.yml`, FILE(n + 1 === length ? RUNS() : CALLS(`${LOCAL}/${n + 1}.yml`))]),
    );

  it('nine levels below the first are allowed, ten are not', async () => {
    const entry = FILE(CALLS(`${LOCAL}/0.yml`), 'push');
    expect((await resolved(entry, chain(9))).loads).toHaveLength(9);
    expect((await resolved(entry, chain(10))).tree).toEqual([
      '8.yml (Line: 3, Col: 14): Nested reusable workflow depth exceeded 9.',
    ]);
  });

  it('who calls himself goes too deep', async () => {
    const many = Array.from({ length: 20 }, (_, n) => `  c${n}: { uses: ${LOCAL}/a.yml }`).join('\n');
    const { tree, loads } = await resolved(FILE(CALLS(`${LOCAL}/a.yml`), 'push'), { 'a.yml': FILE(many) });
    expect(loads).toEqual(['a.yml']);
    expect(tree).toEqual([
      ...Array.from({ length: 10 }, () => expect.stringContaining('Nested reusable workflow depth exceeded 9.')),
      'entry.yml: 10 more errors are not shown',
    ]);
  });

  it('more than fifty files are too many', async () => {
    const names = Array.from({ length: 51 }, (_, n) => `${n}.yml`);
    const entry = FILE(names.map((name, n) => `  c${n}: { uses: ${LOCAL}/${name} }`).join('\n'), 'push');
    const { tree } = await resolved(entry, Object.fromEntries(names.map((name) => [name, FILE(RUNS())])));
    expect(tree).toEqual([expect.stringContaining('The maximum file count of 51 has been exceeded')]);
  });
});
