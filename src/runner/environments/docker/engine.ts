/** The connection to the container engine. Its client is loaded when a job first needs it, and is one for all jobs. */
import type Docker from 'dockerode';
import { type Failure, MachineError } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type Address, type Endpoint, findEndpoint } from './endpoint.ts';
import { limitAnswers } from './patience.ts';
import { sshAgent } from './ssh-connection.ts';

export interface Engine {
  readonly docker: Docker;
  /** The socket on this machine; '' for an engine that is reached over the network. */
  readonly socketPath: string;
  /** Where it is when it is on another machine, which sees none of this one's files. */
  readonly remote?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

const HINT = 'start Docker or Podman on this machine, or name its socket: DOCKER_HOST=unix:///path';

const known = new Map<string, Engine>();

/** The error says what is missing; nothing was started. */
export async function openEngine(env: Variables): Promise<Result<Engine, Failure>> {
  const endpoint = findEndpoint(env);
  if (!endpoint.ok) return noEngine(endpoint.error);
  const engine = await connect(endpoint.value, env);
  try {
    // It may have gone since the last job asked.
    await engine.docker.ping();
    return ok(engine);
  } catch (error) {
    return noEngine(`${endpoint.value.from} does not answer (${reasonOf(error)})`);
  }
}

async function connect({ address }: Endpoint, env: Variables): Promise<Engine> {
  const name = JSON.stringify([address, env['DOCKER_CLIENT_TIMEOUT']]);
  const { default: Client } = await import('dockerode');
  const engine = known.get(name) ?? { docker: new Client(clientOf(address)), ...placeOf(address) };
  if (!known.has(name)) limitAnswers(engine.docker.modem, env['DOCKER_CLIENT_TIMEOUT']);
  known.set(name, engine);
  return engine;
}

function clientOf(address: Address): object {
  // The name is ssh's alone to know.
  return 'ssh' in address ? { protocol: 'http', host: 'engine', port: 80, agent: sshAgent(address.ssh) } : address;
}

/** A connection over the network says nothing of where it ends: it is taken for another machine. */
function placeOf(address: Address): Omit<Engine, 'docker'> {
  if ('socketPath' in address) return { socketPath: address.socketPath };
  if ('ssh' in address) return { socketPath: '', remote: address.ssh.host };
  return { socketPath: '', remote: `${address.host}:${address.port}` };
}

/**
 * For a run that is about to start: throws `MachineError` when there is no engine. `needs` says what has to have one,
 * a line each; without any nothing is asked. `refusal` says why an engine will not do for them.
 */
export async function requireEngine(
  env: Variables,
  needs: readonly string[],
  refusal: (engine: Engine) => Promise<Failure | undefined> = async () => undefined,
): Promise<Engine | undefined> {
  if (needs.length === 0) return undefined;
  const engine = await openEngine(env);
  if (!engine.ok) throw lacking(engine.error, needs);
  const failure = await refusal(engine.value);
  if (failure !== undefined) throw lacking(failure, needs);
  return engine.value;
}

function lacking(failure: Failure, needs: readonly string[]): MachineError {
  const message = `nothing was started: ${failure.message}`;
  return new MachineError({ ...failure, message, details: ['It is needed by', ...needs] });
}

function noEngine(message: string): Result<never, Failure> {
  return err({ code: 'setup-failed', message: `a container engine is needed: ${message}`, hint: HINT });
}

/** What the engine itself said, without the client's words around it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const json: unknown = Reflect.get(error, 'json');
  const message: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'message') : undefined;
  return (typeof message === 'string' ? message : error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '')).trim();
}

/** The engine's HTTP status, such as 404 for what is not there. */
export function statusOf(error: unknown): number | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}

const NOT_FOUND = 404;

/** Whether an image, a volume and the like is there. Throws what else the engine says. */
export async function isThere(thing: { readonly inspect: () => Promise<unknown> }): Promise<boolean> {
  try {
    await thing.inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === NOT_FOUND) return false;
    throw error;
  }
}

/** The engine refuses, is gone or hangs; anything else is a bug. */
export function isEngineError(error: unknown): error is Error {
  return error instanceof Error && (statusOf(error) !== undefined || 'code' in error);
}
