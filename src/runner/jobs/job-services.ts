/** The services of a job: what the workflow says of them, and how all of them come, are waited for and go. */
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { evaluateNode, isJsonObject, type JsonObject, type Node, type Scope } from '../../workflow/index.ts';
import {
  type CreateDraft,
  type Engine,
  type Gate,
  provideImage,
  type Service,
  splitWords,
  startService,
} from '../environments/index.ts';
import { type ContainerDefinition, definitionOf } from './container-definition.ts';
import { readDraft } from './job-container.ts';

export interface ServicesStart {
  readonly run: string;
  /** The leg's id. */
  readonly job: string;
  readonly network: string;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
  /** The environment that names the engine and the user's logins. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the engine is on another machine, and the job on this one: by which it reaches their ports. */
  readonly gate?: Gate | undefined;
}

export interface NamedDefinition {
  readonly name: string;
  readonly definition: ContainerDefinition;
}

/** A service without an image is told of and left out. */
export function readServices(
  node: Node | undefined,
  scope: Scope,
  tell: (line: string) => void,
): Result<readonly NamedDefinition[], Failure> {
  if (node === undefined) return ok([]);
  const json = evaluateNode(node, scope);
  if (!json.ok) return err({ code: 'expression', message: `services: ${json.error.message}` });
  const entries = Object.entries(isJsonObject(json.value) ? json.value : {});
  return ok(
    entries.flatMap(([name, value]) => {
      const definition = definitionOf(value);
      if (definition !== undefined) return [{ name, definition }];
      tell(`The service '${name}' will not be started because the container definition has an empty image.`);
      return [];
    }),
  );
}

function publishesAll(name: string): Failure {
  const message = `services.${name}: options: "--publish-all" is not supported with an engine on another machine`;
  return { code: 'setup-failed', message, hint: 'name the ports that the job needs, in "ports"' };
}

export class JobServices {
  readonly #started = new Map<string, Service>();

  /** Starts all at once and waits until each is healthy. The `services` of the `job` context. */
  async open(
    engine: Engine,
    wanted: readonly NamedDefinition[],
    start: ServicesStart,
  ): Promise<Result<JsonObject, Failure>> {
    const opened = await Promise.all(wanted.map((one) => this.#start(engine, one, start)));
    const failed = opened.find((one) => !one.ok);
    if (failed !== undefined && !failed.ok) return failed;
    const waits = [...this.#started].map(async ([name, service]) => ({
      name,
      reason: await service.whyNotHealthy(start.signal),
    }));
    const unhealthy = (await Promise.all(waits)).filter(({ reason }) => reason !== undefined);
    const [first] = unhealthy;
    if (first !== undefined) {
      const image = wanted.find(({ name }) => name === first.name)?.definition.image ?? '';
      start.tell(`Failed to initialize container ${image}`);
      const message = `One or more containers failed to start: the service ${first.name}: ${first.reason}`;
      return err({ code: 'setup-failed', message });
    }
    const { network } = start;
    const contexts = [...this.#started].map(([name, { id, ports }]) => [name, { id, network, ports }] as const);
    return ok(Object.fromEntries(contexts));
  }

  async #start(
    engine: Engine,
    { name, definition }: NamedDefinition,
    start: ServicesStart,
  ): Promise<Result<void, Failure>> {
    const { image, entrypoint, command } = definition;
    const options = readDraft(definition);
    const words = splitWords(entrypoint);
    const args = splitWords(command);
    const mistake = [options, words, args].find((one) => !one.ok);
    if (!options.ok || !words.ok || !args.ok) {
      const message = mistake === undefined || mistake.ok ? '' : mistake.error;
      return err({ code: 'setup-failed', message: `services.${name}: ${message}` });
    }
    const there = await provideImage(engine, definition, start);
    if (!there.ok) return there;
    start.tell(`Starting the service ${name} of ${image}`);
    const { run, job, network, gate } = start;
    // Those of the engine's machine are nobody's to reach.
    const ports = gate === undefined ? [] : options.value.ports.splice(0);
    if (gate !== undefined && options.value.host.PublishAllPorts === true) return err(publishesAll(name));
    const service = await startService(engine, {
      owner: { run, job },
      name,
      image,
      options: options.value,
      env: definition.env,
      entrypoint: words.value,
      command: args.value,
      network,
    });
    if (!service.ok) return service;
    this.#started.set(name, service.value);
    return gate === undefined ? ok(undefined) : this.#lead(name, ports, gate);
  }

  /** Ports of this machine to those of a service on another one. */
  async #lead(name: string, ports: CreateDraft['ports'], gate: Gate): Promise<Result<void, Failure>> {
    const led = new Map<string, string>();
    for (const port of ports) {
      const opened = await gate.open(name, port);
      if (!opened.ok) return err({ code: 'setup-failed', message: `the service ${name}: ${opened.error}` });
      const inner = port.inner.replace(/\/.*$/, '');
      // Of several that lead to it the first is told, as where the engine opens them.
      led.set(inner, led.get(inner) ?? opened.value);
    }
    const service = this.#started.get(name);
    if (service !== undefined) this.#started.set(name, { ...service, ports: Object.fromEntries(led) });
    return ok(undefined);
  }

  /** The last that each has printed, for people who look for why the job failed. */
  async tellLogs(tell: (line: string) => void): Promise<void> {
    for (const [name, service] of this.#started) {
      tell(`##[group]The last lines of the service ${name}`);
      for (const line of await service.lastLines()) tell(line);
      tell('##[endgroup]');
    }
  }

  async close(): Promise<void> {
    const started = [...this.#started.values()];
    this.#started.clear();
    await Promise.all(started.map((service) => service.remove()));
  }
}
