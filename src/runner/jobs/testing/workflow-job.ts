/** Runs the job of a workflow on this machine for a test, in a workspace with the files that it needs. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { GoOn, JobOutcome, JobRequest, PausedJob, RunnerEvent } from '../../../engine/index.ts';
import { type HostPath, hostPath } from '../../../shared/brand.ts';
import { createMasker } from '../../../shared/mask.ts';
import { parseWorkflow } from '../../../workflow/parse/index.ts';
import { createActionStore } from '../../actions/index.ts';
import { openHostJob, systemClock } from '../../environments/index.ts';
import { createRunServices, type RunServices } from '../../services/index.ts';
import type { ContainerSettings } from '../job-container.ts';
import { createJobRunner } from '../run-job.ts';
import { openWorkflowFrames } from '../workflow-frame.ts';

const scratch = mkdtempSync(join(tmpdir(), 'orch-workflow-frame-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

export interface Ran {
  readonly outcome: JobOutcome;
  readonly log: string;
  readonly events: readonly RunnerEvent[];
  readonly work: string;
}

function read(yaml: string) {
  const parsed = parseWorkflow(yaml, 'ci.yml');
  if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
  const workflow = parsed.value.value;
  const [job] = workflow.jobs;
  if (job?.kind !== 'steps') throw new Error('the workflow has no job with steps');
  return { workflow, job };
}

const NO_CONTAINERS: ContainerSettings = {
  program: hostPath('/nowhere'),
  cache: hostPath('/nowhere'),
  engine: { DOCKER_HOST: 'unix:///nowhere.sock' },
  env: {},
  images: new Map(),
};

function servicesIn(directory: string): RunServices {
  return createRunServices({
    run: 'r',
    directory: hostPath(directory),
    shown: 'artifacts',
    known: [],
    lastId: 0,
    time: () => systemClock.time(),
    mask: (text) => text,
    onToken: () => undefined,
  });
}

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

interface Watch {
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
  readonly vars?: Readonly<Record<string, string>>;
  /** It stands still at a step that fails, and stays open. */
  readonly pauses?: boolean;
  /** What it has left once it is cancelled. */
  readonly cancelTimeoutMinutes?: number;
}

/** A job that may be gone on with in the same process when it stands still. */
export interface OpenedJob extends Omit<Ran, 'outcome' | 'log'> {
  readonly go: (goOn?: GoOn) => Promise<JobOutcome | PausedJob>;
  readonly log: () => string;
}

/** Runs the job `j` of a workflow on this machine, in a workspace with the files. */
export async function run(yaml: string, files: Readonly<Record<string, string>> = {}, watch: Watch = {}): Promise<Ran> {
  const { go, log, events, work } = open(yaml, files, watch);
  const outcome = await go();
  if (outcome.result === 'paused') throw new Error('the job was paused');
  return { outcome, log: log(), events, work };
}

/** The same, to be run by `go`. */
export function open(yaml: string, files: Readonly<Record<string, string>> = {}, watch: Watch = {}): OpenedJob {
  const home = mkdtempSync(join(scratch, 'run-'));
  const work = hostPath(join(home, 'work', 'repo', 'repo'));
  mkdirSync(work, { recursive: true });
  write(work, files);
  const { workflow, job } = read(yaml);
  const masker = createMasker(['hunter22'], { shortest: 1 });
  const contexts = {
    github: { repository: 'me/repo', sha: 'abc', ref: 'refs/heads/main' },
    inputs: {},
    vars: watch.vars ?? {},
  };
  const runner = createJobRunner({
    contexts,
    secrets: {},
    clock: { ...systemClock },
    mask: (text) => masker.maskText(text),
    open: openWorkflowFrames({
      run: 'r',
      repository: { name: 'me/repo', serverUrl: 'https://github.com', commit: 'abc', ref: 'refs/heads/main' },
      sourceOf: () => ({ workflow, contexts, secrets: { TOKEN: 'hunter22' }, job: { workflow_sha: 'abc' } }),
      workspace: async () => ({ work, root: hostPath(join(home, 'work', 'repo')), dispose: async () => undefined }),
      temp: hostPath(join(home, 'temp')),
      toolCache: hostPath(join(home, 'tools')),
      event: '{"action":"opened"}',
      hostEnv: { PATH: process.env['PATH'] ?? '' },
      openProcesses: (directory) => openHostJob({ run: 'r' }, directory),
      clock: systemClock,
      masker,
      logOf: () => ({ path: join(home, 'j.log'), shown: 'j.log', published: () => undefined }),
      onLine: (_, line) => watch.onLine?.(line),
      actions: createActionStore({
        cache: hostPath(join(home, 'cache')),
        source: 'file:///nowhere/{owner}/{repo}',
        folders: new Map<string, HostPath>([['far/away@v1', hostPath(join(work, '.remote'))]]),
        offline: true,
      }),
      hashProgram: hostPath('/nowhere'),
      containers: NO_CONTAINERS,
      services: servicesIn(home),
      ...(watch.pauses === true
        ? { failures: { directory: hostPath(join(home, 'paused')), pauses: true, staysOpen: true, secrets: {} } }
        : {}),
    }),
  });
  const events: RunnerEvent[] = [];
  const go = (goOn?: GoOn): Promise<JobOutcome | PausedJob> =>
    runner.run(
      {
        job,
        leg: legOf(watch),
        strategy: { failFast: true, jobIndex: 0, jobTotal: 1, maxParallel: 1 },
        needs: {},
        ...(goOn === undefined ? {} : { goOn }),
      },
      (event) => void events.push(event),
      watch.signal ?? new AbortController().signal,
    );
  return { go, log: () => readFileSync(join(home, 'j.log'), 'utf8'), events, work };
}

function legOf({ cancelTimeoutMinutes }: Watch): JobRequest['leg'] {
  const patience = cancelTimeoutMinutes === undefined ? {} : { cancelTimeoutMinutes };
  return { id: 'j', name: 'j', index: 0, matrix: null, continueOnError: false, timeoutMinutes: 1, ...patience };
}

/** A workflow with one job, `j`. */
export function job(steps: string, more = ''): string {
  return `on: push\nenv: { W: workflow, BOTH: workflow }\njobs:\n  j:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`;
}
