/** The connection to the container engine. Its client is loaded when a job first needs it. */
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { findEndpoint } from './endpoint.ts';

export interface Engine {
  readonly docker: Docker;
  /** The socket on this machine. */
  readonly socketPath: string;
}

const PATIENCE = 10_000;
const HINT = 'start Docker or Podman on this machine, or name its socket: DOCKER_HOST=unix:///path';

/** The error says what is missing; nothing was started. */
export async function openEngine(env: Readonly<Record<string, string | undefined>>): Promise<Result<Engine, Failure>> {
  const endpoint = findEndpoint(env);
  if (!endpoint.ok) return noEngine(endpoint.error);
  const { socketPath, from } = endpoint.value;
  const { default: Client } = await import('dockerode');
  const docker = new Client({ socketPath });
  const timer = new AbortController();
  const late = delay(PATIENCE, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`nothing came within ${PATIENCE / 1000} seconds`);
  });
  try {
    await Promise.race([docker.ping(), late]);
    return ok({ docker, socketPath });
  } catch (error) {
    return noEngine(`${from} does not answer (${reasonOf(error)})`);
  } finally {
    late.catch(() => undefined);
    timer.abort();
  }
}

function noEngine(message: string): Result<never, Failure> {
  return err({ code: 'setup-failed', message: `a container engine is needed: ${message}`, hint: HINT });
}

/** What the engine itself said, without the client's words around it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const json: unknown = Reflect.get(error, 'json');
  const message: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'message') : undefined;
  return (typeof message === 'string' ? message : error.message).trim();
}

/** The engine's HTTP status, such as 404 for what is not there. */
export function statusOf(error: unknown): number | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}
