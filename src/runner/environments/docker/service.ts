/** A service of a job: started in the job's network, waited for until it is healthy, asked for its ports and its log. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Container, ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type CreateDraft, requestOf } from './create-draft.ts';
import { type Engine, isEngineError, reasonOf } from './engine.ts';
import { labelsOf, nameOf, type Owner } from './labels.ts';
import { gone } from './sweep.ts';
import { provideVolumes } from './volumes.ts';

export interface ServiceRequest {
  readonly owner: Owner;
  /** By which the job's other containers find it. */
  readonly name: string;
  readonly image: string;
  readonly options: CreateDraft;
  readonly env: Readonly<Record<string, string>>;
  /** In place of the image's own; empty for that. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly network: string;
}

export interface Service {
  readonly id: string;
  /** The port on this machine by the port in the container, such as `6379`. */
  readonly ports: Readonly<Record<string, string>>;
  /** Undefined when it is healthy or nobody asks for that; otherwise why it will not be. */
  whyNotHealthy(signal: AbortSignal): Promise<string | undefined>;
  /** The last that it printed. */
  lastLines(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

export async function startService(
  { docker }: Pick<Engine, 'docker'>,
  request: ServiceRequest,
): Promise<Result<Service, Failure>> {
  let container: Container | undefined;
  try {
    await provideVolumes({ docker }, request.owner, request.options);
    container = await docker.createContainer(creation(request));
    await container.start();
    return ok(serviceOf(container, await container.inspect()));
  } catch (error) {
    const failed = container;
    if (failed !== undefined) await gone(() => failed.remove({ force: true, v: true }));
    const message = `the service ${request.name} (${request.image}) could not be started: ${reasonOf(error)}`;
    return err({ code: 'setup-failed', message });
  }
}

function creation({ owner, name, image, options, ...request }: ServiceRequest): ContainerCreateOptions {
  const wanted = requestOf(options);
  const { network, entrypoint, command, env } = request;
  const endpoint = { Aliases: [name, ...options.aliases], IPAMConfig: options.address };
  return {
    ...wanted,
    name: nameOf(owner, `service ${name}`),
    Image: image,
    ...(entrypoint.length === 0 ? {} : { Entrypoint: [...entrypoint] }),
    ...(command.length === 0 ? {} : { Cmd: [...command] }),
    Env: [...Object.entries(env).map((entry) => entry.join('=')), ...(wanted.Env ?? [])],
    Labels: { ...wanted.Labels, ...labelsOf(owner) },
    HostConfig: { ...wanted.HostConfig, NetworkMode: network },
    NetworkingConfig: { EndpointsConfig: { [network]: endpoint } },
  };
}

const LINES = 50;

function serviceOf(container: Container, seen: ContainerInspectInfo): Service {
  return {
    id: container.id,
    ports: portsOf(seen),
    whyNotHealthy: async (signal) => {
      try {
        return await waitForHealth(container, signal);
      } catch (error) {
        if (!isEngineError(error)) throw error;
        return `the engine does not say how it is: ${reasonOf(error)}`;
      }
    },
    lastLines: async () => {
      try {
        const log = await container.logs({ stdout: true, stderr: true, tail: LINES, follow: false });
        return plainText(log)
          .split('\n')
          .filter((line) => line !== '');
      } catch (error) {
        if (!isEngineError(error)) throw error;
        return [`the engine does not give them: ${reasonOf(error)}`];
      }
    },
    remove: () => gone(() => container.remove({ force: true, v: true })),
  };
}

function portsOf({ NetworkSettings: { Ports: ports } }: ContainerInspectInfo): Readonly<Record<string, string>> {
  const mapped = Object.entries(ports).flatMap(([inner, bindings]) => {
    const outer = bindings?.[0]?.HostPort;
    return outer === undefined ? [] : [[inner.replace(/\/.*$/, ''), outer] as const];
  });
  return Object.fromEntries(mapped);
}

/** Milliseconds between two looks; later ones are further apart. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2000;

async function waitForHealth(container: Container, signal: AbortSignal): Promise<string | undefined> {
  const began = performance.now();
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const { State: state, Config: config } = await container.inspect();
    const health = state.Health?.Status || 'none';
    if (!state.Running) return `it ended with exit code ${state.ExitCode}`;
    if (health === 'healthy' || health === 'none') return undefined;
    if (health !== 'starting') return `it is ${health}`;
    if (signal.aborted) return 'the job was cancelled';
    if (performance.now() - began > longestStart(config.Healthcheck)) return UNCHECKED;
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

const UNCHECKED = 'the engine does not come to a verdict on its health (Podman needs systemd for that)';
/** Of a health check, when it does not say: nanoseconds, and how many. */
const ENGINES_OWN = { Interval: 30e9, Timeout: 30e9, StartPeriod: 0, Retries: 3 };
/** Milliseconds beyond what the checks themselves may take. */
const PATIENCE = 60_000;

type HealthCheck = { readonly [Name in keyof typeof ENGINES_OWN]?: number | undefined };

/** Milliseconds after which an engine that runs the checks has said something else than that it is starting. */
function longestStart(check: HealthCheck | undefined): number {
  const of = (name: keyof typeof ENGINES_OWN): number => check?.[name] || ENGINES_OWN[name];
  return (of('StartPeriod') + (of('Interval') + of('Timeout')) * (of('Retries') + 1)) / 1e6 + PATIENCE;
}

const HEAD = 8;

/** The engine frames a log: one byte for the stream, four for the length. A container with a terminal has no frames. */
function plainText(log: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + HEAD <= log.length; ) {
    if (log.readUInt8(at) > 2) return log.toString();
    const end = at + HEAD + log.readUInt32BE(at + 4);
    parts.push(log.subarray(at + HEAD, end));
    at = end;
  }
  return Buffer.concat(parts).toString();
}
