/** Images that only those get who have a password: from Debian's docker-registry on this machine. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  atEngine,
  createRepository,
  docker,
  filesBelow,
  orch,
  type Repository,
  SMALL_IMAGE,
  startOrch,
  waitUntil,
  whyNoRegistry,
} from './rig/index.ts';

const PASSWORD = 'opens-the-store';
/** Of bcrypt, which is all that the registry takes. */
const HASHED = '$2b$04$CQ69KDJkDr5GTAEnRBSleOdB5Z22C8oRWB1fVUn2cxHAlMQlUiPRG';

const reason = whyNoRegistry();

test('there is a registry for tests of private images', (context) => {
  if (reason !== undefined) context.skip(reason);
  expect(reason).toBeUndefined();
});

/** A registry with one image, which the engine does not have; gone when the test is over. */
async function openRegistry({ place }: Repository): Promise<{ readonly image: string; readonly config: string }> {
  const root = join(place.top, 'registry');
  mkdirSync(root);
  writeFileSync(join(root, 'users'), `octo:${HASHED}\n`);
  const settings = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(root, 'images') } },
    http: { addr: '127.0.0.1:0' },
    auth: { htpasswd: { realm: 'store', path: join(root, 'users') } },
  };
  writeFileSync(join(root, 'config.yml'), JSON.stringify(settings));
  const registry = spawn('docker-registry', ['serve', join(root, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void registry.kill('SIGKILL'));
  let address: string | undefined;
  createInterface(registry.stderr).on('line', (line) => {
    address ??= /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
  });
  const host = await waitUntil('the registry', () => address);
  const image = `${host}/private/small:1`;
  const config = join(root, 'login');
  execFileSync('docker', ['--config', config, 'login', '--username', 'octo', '--password-stdin', host], {
    input: PASSWORD,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  docker('tag', SMALL_IMAGE, image);
  docker('--config', config, 'push', image);
  forget(image);
  onTestFinished(() => forget(image));
  return { image, config };
}

function forget(image: string): void {
  if (docker('images', '-q', image) !== '') docker('rmi', '--no-prune', image);
}

function writeWorkflow(repository: Repository, text: string): void {
  repository.write('.github/workflows/ci.yml', `on: push\n${text}`);
}

function logOf(repository: Repository, run: string | undefined, leg: string): string {
  return repository.read(`logs/runs/${run}/${leg}.log`);
}

describe.skipIf(reason !== undefined)('images of a private registry', () => {
  test('are pulled with the credentials of a container or a service, or with a login, and nobody sees the password', async () => {
    const repository = createRepository();
    const { image, config } = await openRegistry(repository);
    writeWorkflow(
      repository,
      `
jobs:
  inside:
    runs-on: ubuntu-latest
    container:
      image: ${image}
      credentials: { username: octo, password: '\${{ secrets.STORE }}' }
      env: { KEY: '\${{ secrets.KEY }}' }
    services:
      store: { image: ${image}, command: sleep 1000, credentials: { username: octo, password: '\${{ secrets.STORE }}' } }
    steps:
      - run: touch begun; until [ -e go ]; do sleep 0.1; done; echo "key $KEY"
`,
    );
    const started = startOrch(repository, ['run', 'ci', '--secret', 'STORE', '--secret', 'KEY'], {
      env: { STORE: PASSWORD, KEY: 'of-the-container' },
    });
    const work = join(repository.place.cache, 'orch/work');
    const begun = await waitUntil('the step', () => filesBelow(work).find((file) => file.endsWith('/begun')));
    const containers = docker('ps', '-q', `--filter=label=dev.orch.run=${await started.run()}`).split('\n');
    expect(containers).toHaveLength(2);
    const inspected = docker('inspect', ...containers);
    expect(inspected).toContain(image);
    expect(inspected).not.toContain(PASSWORD);
    expect(inspected).not.toContain('of-the-container');
    writeFileSync(join(work, begun.replace(/begun$/, 'go')), '');
    const { exitCode, run = '' } = await started.ended;
    const log = logOf(repository, run, 'inside');
    expect(log).toContain(`Pulling ${image}`);
    expect(log).toContain('key ***\n');
    expect(exitCode).toBe(0);
    const logs = filesBelow(repository.root).filter((file) => file.startsWith('logs/'));
    for (const file of logs) expect(readFileSync(join(repository.root, file), 'utf8')).not.toContain(PASSWORD);

    forget(image);
    writeWorkflow(
      repository,
      `jobs: { act: { runs-on: ubuntu-latest, steps: [{ uses: 'docker://${image}', with: { args: id } }] } }`,
    );
    const again = await orch(repository, ['run', 'ci'], { env: { DOCKER_CONFIG: config } });
    expect(logOf(repository, again.run, 'act')).toContain('uid=0');
    expect(again.exitCode).toBe(0);

    forget(image);
    repository.write('act/Dockerfile', `FROM ${image}\nCMD ["id"]\n`);
    writeWorkflow(repository, 'jobs: { built: { runs-on: ubuntu-latest, steps: [{ uses: ./act }] } }');
    const built = await orch(repository, ['run', 'ci'], { env: { DOCKER_CONFIG: config } });
    expect(logOf(repository, built.run, 'built')).toMatch(/Successfully tagged [^]*\nuid=0/);
    expect(built.exitCode).toBe(0);
    expect(atEngine(repository)).toEqual([]);
  });

  test('are not to be had with a wrong password or none: the job says so and names them', async () => {
    const repository = createRepository();
    const { image } = await openRegistry(repository);
    const wrong = "credentials: { username: octo, password: '${{ secrets.STORE }}' }";
    const steps = 'steps: [{ run: echo begun }]';
    writeWorkflow(
      repository,
      `
jobs:
  inside: { runs-on: ubuntu-latest, container: { image: '${image}', ${wrong} }, ${steps} }
  beside: { runs-on: ubuntu-latest, services: { store: { image: '${image}', ${wrong} } }, ${steps} }
  none: { runs-on: ubuntu-latest, container: '${image}', ${steps} }
  action: { runs-on: ubuntu-latest, steps: [{ run: echo begun }, { uses: 'docker://${image}' }] }
`,
    );
    const env = { STORE: 'not-the-password', DOCKER_CONFIG: repository.place.top };
    const result = await orch(repository, ['run', 'ci', '--secret', 'STORE'], { env });
    expect(result.exitCode).toBe(1);
    for (const leg of ['inside', 'beside', 'none', 'action']) {
      const log = logOf(repository, result.run, leg);
      expect(log).toContain(`##[error]the image ${image} cannot be had: `);
      expect(log).toMatch(/cannot be had: .*(unauthorized|no basic auth credentials)/);
      expect(log).not.toContain('begun');
      expect(log).not.toContain('not-the-password');
    }
    expect(atEngine(repository)).toEqual([]);
  });
});
