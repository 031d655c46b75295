/** Artifacts of workflows: the published clients, unmodified, against the service of the run. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  artifactAction,
  atEngine,
  BASE_IMAGE,
  createRepository,
  createServer,
  endings,
  eventsOf,
  filesBelow,
  type OrchResult,
  orch,
  type Repository,
  startOrch,
  whyNoContainers,
} from './rig/index.ts';

const CI = '.github/workflows/ci.yml';

/** By the name of its repository: the client of today, and that of version 4 of upload-artifact. */
const actions: Record<string, Readonly<Record<string, string>>> = {};
beforeAll(() => {
  actions['artifact'] = artifactAction('artifact');
  actions['artifact2'] = artifactAction('artifact2');
});

/** Anything that they print or write must not hold a token. */
const TOKEN = /eyJhbGciOi[\w-]+\.[\w-]+\.[\w-]+/;

/** Lists the artifacts without the client, with the Node that every container of a job has. */
const LIST = {
  'list.sh': 'exec /__e/node*/bin/node list.mjs\n',
  'list.mjs': `
const { ACTIONS_RESULTS_URL: url, ACTIONS_RUNTIME_TOKEN: token } = process.env;
const { scp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
const answer = await fetch(url + 'twirp/github.actions.results.api.v1.ArtifactService/ListArtifacts', {
  method: 'POST',
  headers: { authorization: 'Bearer ' + token },
  body: JSON.stringify({ workflow_run_backend_id: scp.split(':')[1], workflow_job_run_backend_id: scp.split(':')[2] }),
});
const { artifacts } = await answer.json();
console.log('listed ' + artifacts.map(({ name }) => name).sort().join());
`,
};

function prepare(
  workflow: string,
  files: Readonly<Record<string, string>> = {},
): { readonly repository: Repository; readonly source: readonly string[] } {
  const repository = createRepository({ files: { ...LIST, ...files, [CI]: workflow }, untidy: true });
  const server = createServer(repository);
  for (const [name, files] of Object.entries(actions)) server.repository(`me/${name}`, files).git('tag', 'v1');
  server.repository('actions/download-artifact', actions['artifact'] ?? {}).git('tag', 'v8');
  return { repository, source: ['--action-source', server.source] };
}

interface Ran extends Pick<OrchResult, 'run' | 'events'> {
  readonly repository: Repository;
}

async function run(workflow: string): Promise<Ran> {
  const { repository, source } = prepare(workflow);
  return { repository, ...(await orch(repository, ['run', 'ci', ...source])) };
}

/** What the clients said in a job: the lines of the test's own, and errors. */
function told({ repository, run: id }: Ran, leg: string): readonly string[] {
  const log = repository.read(`logs/runs/${id}/${leg}.log`);
  return log
    .split('\n')
    .filter((line) => /^(uploaded|downloaded|listed|deleted|says|##\[error\](?!The action completed))/.test(line));
}

function artifactsOf({ repository, run: id }: Ran): readonly string[] {
  return readdirSync(join(repository.root, `logs/runs/${id}/artifacts`)).sort();
}

test('go from job to job with the client of today and an old one, are replaced and deleted, and stay with the run', async () => {
  const ran = await run(`
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: { id: "\${{ steps.up.outputs.artifact-id }}", digest: "\${{ steps.up.outputs.artifact-digest }}" }
    steps:
      - run: mkdir -p out/deep && echo one > out/a.txt && echo two > "out/deep/b c.txt" && echo h > out/.hidden
      - uses: me/artifact@v1
        id: up
        with: { do: upload, name: dist, path: out, retention-days: 3 }
      - uses: me/artifact@v1
        with: { do: upload, name: dist, path: out/a.txt }
        continue-on-error: true
      - uses: me/artifact@v1
        with: { do: upload, name: report.html, path: out/a.txt, archive: false }
      - uses: me/artifact@v1
        with: { do: upload, name: "un/named", path: out }
        continue-on-error: true
      - uses: me/artifact@v1
        with: { do: upload, name: nothing, path: missing, if-no-files-found: ignore }
  part:
    runs-on: ubuntu-latest
    strategy: { matrix: { n: [1, 2] } }
    steps:
      - run: echo "part \${{ matrix.n }}" > part-\${{ matrix.n }}
      - uses: me/artifact2@v1
        with: { do: upload, name: "part-\${{ matrix.n }}", path: "part-\${{ matrix.n }}", compression-level: 0 }
      - uses: me/artifact2@v1
        with: { do: upload, name: same, path: "part-\${{ matrix.n }}" }
        continue-on-error: true
  take:
    needs: [build, part]
    runs-on: ubuntu-latest
    steps:
      - uses: me/artifact2@v1
        with: { do: download, name: dist, path: got }
      - run: echo "says $(cat got/a.txt "got/deep/b c.txt" got/.hidden | xargs)"
      - uses: me/artifact@v1
        with: { do: download, pattern: part-*, path: parts, merge-multiple: true }
      - uses: me/artifact@v1
        with: { do: download, name: a.txt, path: plain }
      - run: echo "says $(cat plain/a.txt) \${{ needs.build.outputs.id }} \${{ needs.build.outputs.digest }}"
      - run: echo newer > new
      - uses: me/artifact@v1
        with: { do: upload, name: dist, path: new, overwrite: true }
      - uses: me/artifact2@v1
        with: { do: download, name: dist, path: newer }
      - uses: me/artifact2@v1
        with: { do: delete, name: part-1 }
      - uses: me/artifact2@v1
        with: { do: delete, name: part-1 }
        continue-on-error: true
      - uses: me/artifact@v1
        with: { do: download, name: part-1 }
        continue-on-error: true
      - uses: me/artifact@v1
        with: { do: list }
`);
  expect(endings(ran.events)).toEqual({
    build: 'success',
    'part+_1': 'success',
    'part+_2': 'success',
    take: 'success',
  });
  expect(told(ran, 'build')).toEqual([
    'uploaded dist',
    expect.stringMatching(/^##\[error\].*\(409\) Conflict: there is an artifact of the name dist in this run already/),
    'uploaded report.html',
    expect.stringMatching(/^##\[error\].*name is not valid: un\/named/),
  ]);
  const parts = [told(ran, 'part+_1'), told(ran, 'part+_2')].map((lines) => String(lines[1])).toSorted();
  expect(parts).toEqual([expect.stringMatching(/^##\[error\].*\(409\) Conflict/), 'uploaded same']);
  const [dist] = eventsOf(ran.events, 'artifact.stored').filter(({ name }) => name === 'dist');
  expect(told(ran, 'take')).toEqual([
    'downloaded .hidden,a.txt,deep/b c.txt',
    'says one two h',
    'downloaded part-1,part-2',
    'downloaded a.txt',
    `says one ${dist?.id} ${dist?.sha256}`,
    'uploaded dist',
    'downloaded new',
    'deleted part-1',
    '##[error]ArtifactNotFoundError: Artifact not found for name: part-1',
    '##[error]ArtifactNotFoundError: Artifact not found for name: part-1',
    'listed a.txt,dist,part-2,same',
  ]);
  const folder = `logs/runs/${ran.run}/artifacts`;
  expect(artifactsOf(ran)).toEqual(['a.txt', 'dist.zip', 'part-2.zip', 'same.zip']);
  expect(statSync(join(ran.repository.root, folder, 'dist.zip')).mode & 0o777).toBe(0o600);
  expect(ran.repository.read(`${folder}/a.txt`)).toBe('one\n');
  const summary = ran.repository.read(`logs/runs/${ran.run}/summary.md`);
  expect(summary).toContain('## Artifacts');
  expect(summary).toMatch(/^\| take +\| `logs\/runs\/[\w-]+\/artifacts\/dist\.zip` +\| 128 B \|$/m);
  expect(summary).not.toContain('part-1.zip');
  expect(ran.repository.read(`logs/runs/${ran.run}/take.log`)).toContain('token ***\n');
  const texts = filesBelow(join(ran.repository.root, 'logs')).map((path) => ran.repository.read(`logs/${path}`));
  expect(texts.filter((text) => TOKEN.test(text))).toEqual([]);
});

test('of a job that is killed are replaced when it begins anew; a job that goes on finds those of before', async () => {
  const { repository, source } = prepare(`
on: push
jobs:
  anew:
    runs-on: ubuntu-latest
    steps:
      - run: date +%s%N > stamp
      - uses: me/artifact@v1
        with: { do: upload, name: stamp, path: stamp }
      - run: tell uploaded; await-note finish
  on:
    runs-on: ubuntu-latest
    steps:
      - run: echo two > two
      - uses: me/artifact2@v1
        with: { do: upload, name: two, path: two }
      - run: test -e fixed
      - uses: me/artifact@v1
        with: { do: download, name: two, path: got }
      - run: echo "says $(cat got/two)"
`);
  const first = startOrch(repository, ['run', 'ci', '--pause-on-failure', ...source]);
  const { workspace } = await first.event('job.paused');
  await repository.heard('uploaded');
  first.kill('SIGKILL');
  const { run: id, events } = await first.ended;
  writeFileSync(join(workspace, 'fixed'), '');
  repository.tell('finish');
  const last = await orch(repository, ['retry', String(id)]);
  const ran = { ...last, repository, run: id };
  expect(endings(repository.events(String(id)))).toEqual({ anew: 'success', on: 'success' });
  expect(told(ran, 'on').slice(-2)).toEqual(['downloaded two', 'says two']);
  const stored = eventsOf(repository.events(String(id)), 'artifact.stored');
  expect(stored.map((one) => one.name).toSorted()).toEqual(['stamp', 'stamp', 'two']);
  expect(stored.map((one) => one.id)).toEqual([1, 2, 3]);
  expect(eventsOf(events, 'artifact.deleted')).toEqual([]);
  expect(eventsOf(repository.events(String(id)), 'artifact.deleted')).toHaveLength(1);
  expect(artifactsOf(ran)).toEqual(['stamp.zip', 'two.zip']);
});

test('of an earlier run here are read by its id, and those of no run are not made up for by those at hand', async () => {
  const take = (run: string, token: string): string =>
    `{ do: download, name: dist, path: got, run-id: "${run}", github-token: "${token}" }`;
  const { repository, source } = prepare(
    `
name: build
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo earlier > made
      - uses: me/artifact@v1
        with: { do: upload, name: dist, path: made }
`,
    {
      '.github/workflows/follow.yml': `
on: { workflow_run: { workflows: [build] } }
jobs:
  follow:
    runs-on: ubuntu-latest
    steps:
      - run: echo own > made
      - uses: me/artifact@v1
        with: { do: upload, name: dist, path: made }
      - uses: actions/download-artifact@v8
        with: ${take('${{ github.event.workflow_run.id }}', '${{ github.token }}')}
      - run: echo "says $(cat got/made)"
      - uses: actions/download-artifact@v8
        with: ${take('${{ github.event.workflow_run.id }}', 'of-github')}
      - run: echo "says $(cat got/made)"
      - uses: actions/download-artifact@v8
        with: ${take('${{ github.run_id }}', 'of-github')}
      - run: echo "says $(cat got/made)"
      - uses: actions/download-artifact@v8
        with: ${take('123', '${{ github.token }}')}
`,
    },
  );
  const built = await orch(repository, ['run', 'ci', ...source]);
  expect(endings(built.events)).toEqual({ build: 'success' });
  const ran = { repository, ...(await orch(repository, ['run', 'follow', '--event', 'workflow_run', ...source])) };
  expect(endings(ran.events)).toEqual({ follow: 'exit-code' });
  expect(told(ran, 'follow')).toEqual([
    'uploaded dist',
    'downloaded made',
    'says earlier',
    'downloaded made',
    'says earlier',
    'downloaded made',
    'says own',
    expect.stringMatching(/^##\[error\].*\(404\) Not Found: no run of this repository here .*GitHub was not asked/),
  ]);
  const texts = filesBelow(join(repository.root, 'logs')).map((path) => repository.read(`logs/${path}`));
  expect(texts.filter((text) => TOKEN.test(text))).toEqual([]);
});

describe.skipIf(whyNoContainers() !== undefined)('in a container', () => {
  test('the clients reach the same artifacts, as any user', async () => {
    const ran = await run(`
on: push
jobs:
  here:
    runs-on: ubuntu-latest
    steps:
      - run: echo "from here" > made
      - uses: me/artifact@v1
        with: { do: upload, name: here, path: made }
  there:
    needs: here
    runs-on: ubuntu-latest
    container: { image: ${BASE_IMAGE}, options: --user 1000 }
    steps:
      - uses: me/artifact@v1
        with: { do: download, name: here, path: got }
      - run: echo "says $(cat got/made)"; head -c 20000000 /dev/urandom > large; sha256sum < large > sum
      - uses: me/artifact2@v1
        with: { do: upload, name: large, path: large, compression-level: 0 }
  docker:
    needs: there
    runs-on: ubuntu-latest
    steps:
      - uses: docker://${BASE_IMAGE}
        with: { entrypoint: sh, args: list.sh }
  back:
    needs: there
    runs-on: ubuntu-latest
    steps:
      - uses: me/artifact2@v1
        with: { do: download, name: large, path: got }
      - run: echo "says $(wc -c < got/large)"
`);
    expect(endings(ran.events)).toEqual({ here: 'success', there: 'success', docker: 'success', back: 'success' });
    expect(told(ran, 'there')).toEqual(['downloaded made', 'says from here', 'uploaded large']);
    expect(told(ran, 'docker')).toEqual(['listed here,large']);
    expect(told(ran, 'back')).toEqual(['downloaded large', 'says 20000000']);
    expect(atEngine(ran.repository)).toEqual([]);
  });
});
