/** The engine that container tests run on, and what it has of a run. */
import { execFileSync } from 'node:child_process';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Repository } from './repository.ts';

/** Debian with git and redis, and a system of busybox alone; `.ci/engine.sh` makes them. */
export const BASE_IMAGE = 'orch-test/base:1';
export const SMALL_IMAGE = 'orch-test/small:1';

/** What Docker's own client says. */
export function docker(...args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** Why container tests cannot run here; in CI, where they have to, that is an error. */
export function whyNoContainers(): string | undefined {
  try {
    docker('image', 'inspect', BASE_IMAGE, SMALL_IMAGE);
    return undefined;
  } catch (error) {
    return lacking('there is no container engine with the images that .ci/engine.sh makes', error);
  }
}

/** The same of tests with a registry. */
export function whyNoRegistry(): string | undefined {
  const reason = whyNoContainers();
  if (reason !== undefined) return reason;
  try {
    execFileSync('docker-registry', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch (error) {
    return lacking('there is no docker-registry, which .ci/engine.sh installs', error);
  }
}

function lacking(reason: string, cause: unknown): string {
  if (process.env['ORCH_TEST_DOCKER'] === 'required') throw new Error(reason, { cause });
  return reason;
}

/** Containers, networks and volumes that the engine has of the repository's runs. */
export function atEngine(repository: Repository): readonly string[] {
  return repository
    .runs()
    .map((run) => `--filter=label=dev.orch.run=${run}`)
    .flatMap((label) => [
      docker('ps', '-aq', label),
      docker('network', 'ls', '-q', label),
      docker('volume', 'ls', '-q', label),
    ])
    .filter((text) => text !== '');
}

export const ENGINE_SOCKET = '/var/run/docker.sock';

/** The variables that name the engine by an address of the network. */
export async function overNetwork(): Promise<{ readonly DOCKER_HOST: string }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: ENGINE_SOCKET, allowHalfOpen: true });
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        client.destroy();
        engine.destroy();
      });
    }
    client.pipe(engine).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { DOCKER_HOST: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
