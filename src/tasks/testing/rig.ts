/** Everything that a task's actions need, in memory, and a task's three actions on it. */
import { hostPath } from '../../shared/brand.ts';
import type { ActionCall, ActionResult, Memo } from '../action.ts';
import { digestRun } from '../digest-run.ts';
import { finishTask } from '../finish.ts';
import type { JobCommits, TaskPorts, TaskProgress } from '../ports.ts';
import { prepareTask } from '../prepare.ts';
import { runTask } from '../run.ts';
import type { Setup } from '../setup.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import type { FakeFiles } from './fake-history.ts';
import { createFakeProcesses, type FakeProcesses } from './fake-processes.ts';
import { createFakeRepository, type FakeRepository } from './fake-repository.ts';
import { createFakeSandboxes, type FakeSandboxes } from './fake-sandboxes.ts';

type Inputs = Readonly<Record<string, string>>;

export interface RigOptions {
  readonly files?: FakeFiles;
  readonly setup?: Setup;
  readonly leg?: string;
  /** The action's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** 0 to 1; jitter takes nothing away at 0. */
  readonly random?: number;
}

export interface Rig {
  readonly ports: TaskPorts;
  readonly clock: FakeClock;
  readonly processes: FakeProcesses;
  /** What tasks have asked for, and the processes in their sandboxes. */
  readonly sandboxes: FakeSandboxes;
  readonly repository: FakeRepository;
  readonly events: TaskProgress[];
  /** The log's text, orch's own lines among it. */
  log(): string;
  /** What was published, and what dependencies have left: undefined stands for a skipped one. */
  readonly published: JobCommits[];
  readonly dependencies: Map<string, readonly JobCommits[]>;
  /** Of each disk. */
  readonly disk: { free: number; readonly size: number };
  /** Files outside the tree, by path. */
  readonly outside: Map<string, string>;
  readonly memo: Memo;
  cancel(reason?: unknown): void;
  prepare(inputs?: Inputs): Promise<ActionResult>;
  /** Of the runs that are over there is one, `r0`. */
  digest(inputs: Inputs): Promise<ActionResult>;
  run(inputs: Inputs): Promise<ActionResult>;
  finish(inputs?: Inputs): Promise<ActionResult>;
}

export function createRig(options: RigOptions = {}): Rig {
  const clock = createFakeClock();
  const processes = createFakeProcesses();
  const sandboxes = createFakeSandboxes();
  const repository = createFakeRepository(options.files);
  const events: TaskProgress[] = [];
  const published: JobCommits[] = [];
  const dependencies = new Map<string, readonly JobCommits[]>();
  const outside = new Map<string, string>();
  const disk = { free: 100_000_000_000, size: 200_000_000_000 };
  const controller = new AbortController();
  const memo = createMemo();
  const log: string[] = [];
  const leg = options.leg ?? 'api';
  const ports: TaskPorts = {
    job: { run: 'r1', job: leg.split('+')[0] ?? leg, leg },
    repository,
    processes,
    sandboxes,
    clock,
    progress: { report: (event) => void events.push(event) },
    log: {
      write: (chunk) => void log.push(new TextDecoder().decode(chunk)),
      note: (line) => void log.push(`${line}\n`),
    },
    results: { of: async (job) => dependencies.get(job), publish: async (commits) => void published.push(commits) },
    history: {
      digest: async (run, files) => {
        if (run !== 'r0') return { code: 'input-invalid', message: `there is no run ${run}` };
        outside.set(files.markdown, `# Run ${run}`);
        return undefined;
      },
    },
    files: createFakeFiles(repository, outside, disk),
    globs: { match: matchGlob },
    random: () => options.random ?? 0,
    signal: controller.signal,
  };
  const call = (inputs: Inputs): ActionCall => ({ inputs, env: { PATH: '/bin', ...options.env }, memo });
  return {
    ports,
    clock,
    processes,
    sandboxes,
    repository,
    events,
    disk,
    published,
    dependencies,
    outside,
    memo,
    log: () => log.join(''),
    cancel: (reason = 'stopped by the user') => controller.abort(reason),
    prepare: (inputs = {}) => prepareTask(call({ ...setupInputs(options.setup), ...inputs }), ports),
    digest: (inputs) => digestRun(call(inputs), ports),
    run: (inputs) => runTask(call(inputs), ports),
    // It always runs, so the runner gives it a signal of its own.
    finish: (inputs = {}) => finishTask(call(inputs), { ...ports, signal: new AbortController().signal }),
  };
}

function setupInputs(setup: Setup | undefined): Inputs {
  return setup === undefined ? {} : { setup: setup.command, 'setup-timeout': `${setup.timeout}ms` };
}

/** Only what JSON can say survives, as between two processes. */
function createMemo(): Memo {
  const texts = new Map<string, string>();
  return {
    read: (key) => {
      const text = texts.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    write: (key, value) => void texts.set(key, JSON.stringify(value)),
  };
}

function createFakeFiles(
  repository: FakeRepository,
  outside: Map<string, string>,
  disk: Rig['disk'],
): TaskPorts['files'] {
  let count = 0;
  const inTree = (path: string) => repository.work.files[path.slice(repository.work.path.length + 1)];
  return {
    temporary: async (name) => hostPath(`/temporary/${name}-${++count}`),
    read: async (path, limit) => (outside.get(path) ?? inTree(path))?.slice(0, limit),
    write: async (path, text) => void outside.set(path, text),
    space: async () => ({ ...disk }),
    fromCheckout: async (path) =>
      outside.has(`/checkout/${path}`) ? hostPath(`/temporary/copies/${path}`) : undefined,
    keepArtifacts: async (_root, globs) => {
      const paths = Object.keys(repository.work.files).filter((path) => globs.some((glob) => matchGlob(glob, path)));
      return paths.map((path) => ({ path, bytes: repository.work.files[path]?.length ?? 0 }));
    },
  };
}

/** Enough of a glob for tests: `**` at the end, and whole names. */
function matchGlob(pattern: string, path: string): boolean {
  return pattern.endsWith('**') ? path.startsWith(pattern.slice(0, -2)) : pattern === path;
}
