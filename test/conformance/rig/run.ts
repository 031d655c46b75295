/** Checks of what jobs do. All jobs of a table make one workflow, which the built command runs once for all its checks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createRepository,
  createServer,
  type EventOf,
  endings,
  eventsOf,
  type OrchResult,
  orch,
  type Repository,
} from '../../e2e/rig/index.ts';
import type { Check } from './feature.ts';

export interface RunSource {
  /** Lines beside `jobs`; `on` is `push` unless it is here. */
  readonly top?: string;
  /** Committed beside the workflow. */
  readonly files?: Readonly<Record<string, string>>;
  /** Behind `orch run FILE`. */
  readonly args?: readonly string[];
  /** Of the process that runs orch. */
  readonly env?: Readonly<Record<string, string>>;
  /** Other repositories, `owner/name`, with their files; `main` is their branch, `v1` a tag. */
  readonly served?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What is looked at of a leg. What is left out may be anything. */
export interface Expected {
  /** `success` unless said: how it ended, as the journal has it. */
  readonly ends?: string;
  /** What its steps said: each line of the log that begins with `= `, without that. */
  readonly says?: readonly unknown[];
  /** Texts that are in the log, and texts that are not. */
  readonly log?: readonly (string | RegExp)[];
  readonly without?: readonly (string | RegExp)[];
  /** `LEVEL MESSAGE` for each annotation, or that with the place it has: `error a.js:1 MESSAGE`. */
  readonly annotations?: readonly unknown[];
  readonly summary?: string;
  /** The steps in their order with their ends: `Run true success`. */
  readonly steps?: readonly string[];
  readonly name?: string;
}

export interface SharedRun {
  /** Adds a job with this body, less its `runs-on`. */
  job(body: string, expected: Expected): Check;
  /** Adds several that have to do with each other; their ids are unique in the table. What is expected is by leg. */
  jobs(bodies: Readonly<Record<string, string>>, expected: Readonly<Record<string, Expected>>): Check;
  /** What the whole run comes to. */
  whole(what: string, actual: (run: Finished) => unknown, expected: unknown): Check;
}

export interface Finished extends OrchResult {
  readonly repository: Repository;
  readonly logOf: (leg: string) => string;
}

/** The end of a job's body: steps that run these scripts; what begins with `- ` is the text of a step as it is. */
export function steps(...all: readonly string[]): string {
  const lines = all.flatMap((text) =>
    text.startsWith('- ') ? text.split('\n') : ['- run: |', ...text.split('\n').map((line) => `    ${line}`)],
  );
  return ['steps:', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** A job's body of these lines and steps. */
export function body(lines: string, ...all: readonly string[]): string {
  return `${lines}\n${steps(...all)}`;
}

const cleanUps: (() => Promise<void>)[] = [];

/** Removes what runs have left; throws when they left what they should not. */
export async function cleanUpRuns(): Promise<void> {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
}

export function shareRun(source: RunSource = {}): SharedRun {
  const bodies = new Map<string, string>();
  let finished: Promise<Finished> | undefined;
  const finish = (): Promise<Finished> => {
    finished ??= perform(source, bodies);
    return finished;
  };
  const add = (id: string, body: string): void => {
    if (bodies.has(id)) throw new Error(`there are two jobs ${id}`);
    bodies.set(id, body);
  };
  const jobs: SharedRun['jobs'] = (own, expected) => {
    for (const [id, body] of Object.entries(own)) add(id, body);
    return {
      what: Object.keys(own).join(', '),
      actual: async () => {
        const run = await finish();
        return Object.fromEntries(Object.entries(expected).map(([leg, wanted]) => [leg, look(run, leg, wanted)]));
      },
      expected: Object.fromEntries(
        Object.entries(expected).map(([leg, wanted]) => [leg, { ends: 'success', ...wanted }]),
      ),
    };
  };
  return {
    jobs,
    job: (body, expected) => {
      const id = `job-${bodies.size}`;
      return jobs({ [id]: body }, { [id]: expected });
    },
    whole: (what, actual, expected) => ({ what, actual: async () => actual(await finish()), expected }),
  };
}

/** What is seen when this is played in a repository with these files. */
export function scenario(
  what: string,
  files: Readonly<Record<string, string>>,
  play: (repository: Repository) => Promise<unknown>,
  expected: unknown,
): Check {
  return { what, actual: () => play(repositoryWith(files)), expected };
}

/** It lasts until `cleanUpRuns`. */
function repositoryWith(files: Readonly<Record<string, string>>): Repository {
  return createRepository({ files, finally: (cleanUp) => void cleanUps.push(cleanUp) });
}

async function perform(source: RunSource, bodies: ReadonlyMap<string, string>): Promise<Finished> {
  const repository = repositoryWith({
    ...source.files,
    '.github/workflows/check.yml': workflowWith(source.top ?? '', bodies),
  });
  const args = ['run', '.github/workflows/check.yml', '--ui', 'quiet', ...(source.args ?? [])];
  if (source.served !== undefined) args.push('--action-source', serve(repository, source.served));
  const result = await orch(repository, args, {
    // What a machine without an engine does: jobs in containers have end-to-end tests of their own.
    env: { DOCKER_HOST: 'unix:///nowhere/docker.sock', ...source.env },
  });
  if (result.run === undefined) throw new Error(`nothing ran: ${result.stdout}${result.stderr}`);
  return { ...result, repository, logOf: (leg) => logOf(repository, result, leg) };
}

function serve(repository: Repository, served: NonNullable<RunSource['served']>): string {
  const server = createServer(repository);
  for (const [name, files] of Object.entries(served)) server.repository(name, files).git('tag', 'v1');
  return server.source;
}

function workflowWith(top: string, bodies: ReadonlyMap<string, string>): string {
  const lines = [...(/^on:/m.test(top) ? [] : ['on: push']), top, 'jobs:'];
  for (const [id, body] of bodies) {
    const own = /^(runs-on|uses):/m.test(body) ? body : `runs-on: ubuntu-latest\n${body}`;
    lines.push(`  ${id}:`, ...own.split('\n').map((line) => `    ${line}`));
  }
  return `${lines.join('\n')}\n`;
}

function look(run: Finished, leg: string, wanted: Expected): Expected {
  const looks: { readonly [K in keyof Required<Expected>]: () => Required<Expected>[K] } = {
    ends: () => endings(run.events)[leg] ?? 'it is not there',
    says: () => [...run.logOf(leg).matchAll(/^= ?(.*)$/gm)].map(([, text]) => text),
    log: () => (wanted.log ?? []).filter((text) => isIn(run.logOf(leg), text)),
    without: () => (wanted.without ?? []).filter((text) => !isIn(run.logOf(leg), text)),
    annotations: () => of(run, 'annotation', leg).map(describeAnnotation),
    summary: () =>
      of(run, 'step.summary', leg)
        .map(({ markdown }) => markdown)
        .join(''),
    steps: () => stepsOf(run, leg),
    name: () => nameOf(run, leg),
  };
  const keys = new Set<keyof Expected>(['ends', ...(Object.keys(wanted) as (keyof Expected)[])]);
  return Object.fromEntries([...keys].map((key) => [key, looks[key]()]));
}

function isIn(log: string, text: string | RegExp): boolean {
  return typeof text === 'string' ? log.includes(text) : text.test(log);
}

type LegEvent = 'annotation' | 'step.started' | 'step.finished' | 'step.summary' | 'log.closed';

function of<T extends LegEvent>({ events }: OrchResult, type: T, leg: string): readonly EventOf<T>[] {
  return eventsOf(events, type).filter((event) => 'leg' in event && event.leg === leg);
}

function describeAnnotation({ level, file, line, column, message }: EventOf<'annotation'>): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [level, place, message].filter((part) => part !== '').join(' ');
}

function stepsOf(run: OrchResult, leg: string): readonly string[] {
  const ends = of(run, 'step.finished', leg);
  return of(run, 'step.started', leg).map(({ step, name }) => {
    const end = ends.find((event) => event.step === step);
    return `${name} ${end?.conclusion ?? 'goes on'}`;
  });
}

function nameOf({ events }: OrchResult, leg: string): string {
  const legs = eventsOf(events, 'job.expanded').flatMap((event) => event.legs);
  return legs.find(({ id }) => id === leg)?.name ?? 'it is not there';
}

function logOf(repository: Repository, run: OrchResult, leg: string): string {
  const [closed] = of(run, 'log.closed', leg);
  return closed === undefined ? '' : readFileSync(join(repository.root, closed.path), 'utf8');
}
