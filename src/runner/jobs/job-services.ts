/** The services of a job: what the workflow says of them, and how all of them come, are waited for and go. */
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { evaluateNode, isJsonObject, type JsonObject, type Node, type Scope } from '../../workflow/index.ts';
import { type Engine, provideImage, type Service, splitWords, startService } from '../environments/index.ts';
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
    const { run, job, network } = start;
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
    if (service.ok) this.#started.set(name, service.value);
    return service.ok ? ok(undefined) : service;
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
