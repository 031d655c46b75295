/** What containers leave: at the engine, and as root's files in the folders of a user who is not root. */
import { execFileSync } from 'node:child_process';
import { chownSync, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  atEngine,
  BASE_IMAGE,
  createRepository,
  docker,
  filesBelow,
  type OrchOptions,
  orch,
  type Repository,
  SMALL_IMAGE,
  startOrch,
  waitUntil,
  whyNoContainers,
} from './rig/index.ts';

const reason = whyNoContainers() ?? (process.getuid?.() === 0 ? undefined : 'only root can become somebody else');

test('there is an engine for tests of what containers leave', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

const USER = 12345;

/** Nobody in particular, who may talk to the engine. */
function asUser(repository: Repository): OrchOptions {
  execFileSync('chown', ['-R', `${USER}:${USER}`, repository.place.top]);
  chownSync(repository.place.top, USER, USER);
  const socket = statSync('/var/run/docker.sock').gid;
  const ids = [`--reuid=${USER}`, `--regid=${USER}`, `--groups=${socket}`];
  return { through: ['setpriv', ...ids, '--inh-caps=-all'] };
}

function workOf({ place }: Repository): string {
  return join(place.cache, 'orch/work');
}

/** Files that are not the user's. */
function foreignIn(folder: string): readonly string[] {
  return filesBelow(folder).filter((path) => lstatSync(join(folder, path)).uid !== USER);
}

function volumes(...filters: readonly string[]): string {
  return docker('volume', 'ls', '-q', ...filters.map((filter) => `--filter=${filter}`));
}

const MESS = 'umask 077; mkdir -p deep/er; echo x > deep/er/file; ln -s /etc link; touch begun';

describe.skipIf(reason !== undefined)('what containers leave', () => {
  test('as root is the user’s, for the next step and at the end of the job; volumes go, unless they were there', async () => {
    const repository = createRepository();
    const own = `orch-test-own-${repository.place.top.slice(-6)}`.toLowerCase();
    const made = `${own}-made`;
    docker('volume', 'create', own);
    onTestFinished(() => void docker('volume', 'rm', '--force', own));
    repository.write(
      '.github/workflows/ci.yml',
      `
on: push
jobs:
  host:
    runs-on: ubuntu-latest
    services: { store: { image: '${BASE_IMAGE}', command: sleep 1000, volumes: ['${own}:/own', '${made}:/made', '/anonymous'] } }
    steps:
      - { uses: 'docker://${SMALL_IMAGE}', with: { args: sh -c "${MESS}" } }
      - { shell: sh, run: 'stat -c %u deep/er/file link; rm -r deep' }
  inside: { runs-on: ubuntu-latest, container: { image: '${BASE_IMAGE}', volumes: ['${made}:/x'] }, steps: [{ run: '${MESS}; id -u' }] }
`,
    );
    const result = await orch(repository, ['run', 'ci'], asUser(repository));
    expect(result.stdout).toContain('SUCCEEDED');
    expect(repository.read(`logs/runs/${result.run}/host.log`)).toContain(`\n${USER}\n${USER}\n`);
    expect(repository.read(`logs/runs/${result.run}/inside.log`)).toMatch(/\n0\n$/);
    expect(filesBelow(workOf(repository))).toEqual([]);
    expect(volumes(`name=${own}`)).toBe(own);
    expect(volumes(`label=dev.orch.run=${result.run}`)).toBe('');
    expect(atEngine(repository)).toEqual([]);
  });

  test('when orch is killed is listed and removed by `orch clean`: containers, networks, volumes, files of root’s', async () => {
    const repository = createRepository({ untidy: true });
    const made = `orch-test-made-${repository.place.top.slice(-6)}`.toLowerCase();
    repository.write(
      '.github/workflows/ci.yml',
      `
on: push
jobs:
  long:
    runs-on: ubuntu-latest
    container: ${BASE_IMAGE}
    services: { store: { image: '${BASE_IMAGE}', command: sleep 1000, volumes: ['${made}:/made', '/anonymous'] } }
    steps: [{ run: '${MESS}; sleep 1000' }]
`,
    );
    const user = asUser(repository);
    const started = startOrch(repository, ['run', 'ci'], user);
    await waitUntil('the step', () => filesBelow(workOf(repository)).some((path) => path.endsWith('/begun')));
    const run = await started.run();
    const anonymous = JSON.parse(
      docker('inspect', docker('ps', '-q', `--filter=name=${run}-long-service-store`)),
    )[0].Mounts.find((mount: { readonly Destination: string }) => mount.Destination === '/anonymous').Name;
    started.kill('SIGKILL');
    await started.ended;
    expect(foreignIn(workOf(repository))).not.toEqual([]);

    // The job's own container ends with the line to it.
    await waitUntil('its end', () => docker('ps', '-aq', `--filter=name=orch-${run}-long-job`) === '');
    const listed = await orch(repository, ['clean', '--dry-run'], user);
    for (const what of [`orch-${run}-long-service-store`, `orch-${run}-long-network`, made])
      expect(listed.stdout).toContain(`  container ${what}\n`);
    const cleaned = await orch(repository, ['clean'], user);
    expect([cleaned.exitCode, cleaned.stderr]).toEqual([0, '']);
    expect(cleaned.stdout).toMatch(/removed 3 containers, networks and volumes/);
    expect(filesBelow(workOf(repository))).toEqual([]);
    expect(volumes(`name=${made}`)).toBe('');
    expect(volumes(`name=${anonymous}`)).toBe('');
    expect(atEngine(repository)).toEqual([]);
    expect((await orch(repository, ['clean'], user)).stdout).toBe('There is nothing to clean up.\n');
  });

  test('of a run that finished, when the engine was not reached any more, goes by `orch clean`', async () => {
    const repository = createRepository({ config: { tasks: [{ name: 'one', command: 'true' }] } });
    const { run = '' } = await orch(repository, ['run']);
    await orch(repository, ['clean', '--force']);
    const [left, other] = [run, `${run}-of-others`].map((label) =>
      docker('volume', 'create', `--label=dev.orch.run=${label}`),
    );
    onTestFinished(() => void docker('volume', 'rm', '--force', left ?? '', other ?? ''));
    const listed = await orch(repository, ['clean', '--dry-run']);
    expect(listed.stdout).toContain(`  container ${left}\n`);
    expect(listed.stdout).not.toContain(other);
    const cleaned = await orch(repository, ['clean']);
    expect([cleaned.exitCode, cleaned.stderr]).toEqual([0, '']);
    expect(volumes(`label=dev.orch.run=${run}`)).toBe('');
    expect(volumes(`label=dev.orch.run=${run}-of-others`)).toBe(other);
  });
});
