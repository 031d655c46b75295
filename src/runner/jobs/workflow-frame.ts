/** The frame of a workflow's job on this machine: its directories, its contexts, its actions and its log. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import type { JobRequest, PlanContexts } from '../../engine/index.ts';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import {
  evaluateNode,
  flattenSteps,
  isJsonObject,
  isWorkStep,
  type Json,
  type JsonObject,
  type Node,
  type RemoteReference,
  type Scope,
  type StepsJob,
  type Workflow,
} from '../../workflow/index.ts';
import type { ActionStore } from '../actions/index.ts';
import { createMatcherRegistry } from '../commands/index.ts';
import type { JobEnvironment, SystemClock } from '../environments/index.ts';
import { createCommandFiles, createRepositoryFiles, type JobPlace, type ScriptSettings } from '../steps/index.ts';
import type { StepInUse, StepSettings } from './action-in-use.ts';
import { createActionMemory, type KeptMemory } from './action-memory.ts';
import type { Closed, ExtraStep, JobFrame, OpenFrame, Standstill, Surroundings } from './frame.ts';
import { createJobActions } from './job-actions.ts';
import { hookStage, type JobHooks } from './job-hooks.ts';
import { jobNotes } from './job-notes.ts';
import { type LogSettings, type OpenLog, openLog } from './open-log.ts';
import { createOpenStep } from './open-step.ts';
import { createSidePlace } from './side-place.ts';
import type { StandingJob } from './standing-job.ts';
import type { JobFacts } from './step-scope.ts';
import { createStandstill, type FailureSettings, findStanding, standingDirectory } from './workflow-standstill.ts';

export interface WorkflowFrames extends LogSettings {
  /** The run's id, as in the journal. */
  readonly run: string;
  /** The repository that the run is of. */
  readonly repository: {
    /** `owner/name`. */
    readonly name: string;
    /** Such as `https://github.com`. */
    readonly serverUrl: string;
    /** The commit that workspaces are made of. */
    readonly commit: string;
    /** What `github.ref` says. */
    readonly ref: string;
  };
  /** The file that a job comes from; jobs of called workflows have their own. */
  readonly sourceOf: (request: JobRequest) => JobSource;
  /** Makes the job's working tree, or finds the one that it has. */
  readonly workspace: (leg: string, there: boolean) => Promise<JobWorkspace>;
  /** A directory of the run; each job gets a RUNNER_TEMP below it, removed at its end. */
  readonly temp: HostPath;
  /** RUNNER_TOOL_CACHE, shared by jobs; made when it is missing. */
  readonly toolCache: HostPath;
  /** The event's payload, for GITHUB_EVENT_PATH. */
  readonly event: string;
  /** What steps inherit of this machine, such as PATH and HOME. Nothing else of orch's own environment reaches them. */
  readonly hostEnv: Readonly<Record<string, string>>;
  /** Opens the place for a job's processes; the directory is the job's own. */
  readonly openProcesses: (directory: HostPath) => JobEnvironment;
  readonly clock: Pick<SystemClock, 'now' | 'after'>;
  readonly actions: ActionStore;
  /** What is done about a step that fails; by default nothing. */
  readonly failures?: FailureSettings;
  /** Run around every job. */
  readonly hooks?: JobHooks;
  /** Steps of a job that are left out, by index: why. */
  readonly leftOut?: (request: JobRequest, index: number) => string | undefined;
  /** The bundle of `steps/hash-files-program.ts`. */
  readonly hashProgram: HostPath;
}

export interface JobSource {
  readonly workflow: Pick<Workflow, 'env' | 'defaults'>;
  /** `github` holds what does not depend on the job, `token` included. */
  readonly contexts: PlanContexts;
  readonly secrets: Readonly<Record<string, string>>;
  /** Members of the `job` context: `workflow_ref`, `workflow_sha`, `workflow_repository`, `workflow_file_path`. */
  readonly job: Readonly<Record<string, Json>>;
  /** The file's own repository at its commit, for `$/…`; absent: the job's working tree as it was made. */
  readonly self?: RemoteReference;
}

export interface JobWorkspace {
  /** GITHUB_WORKSPACE. */
  readonly work: HostPath;
  /** `runner.workspace`, the directory above it. */
  readonly root: HostPath;
  dispose(): Promise<void>;
}

export function openWorkflowFrames(settings: WorkflowFrames): OpenFrame {
  return async (request) => {
    const source = settings.sourceOf(request);
    for (const secret of Object.values(source.secrets)) settings.masker.add(secret);
    const { id } = request.leg;
    const goesOn = request.goOn !== undefined && settings.failures !== undefined;
    const found = goesOn ? await findStanding(settings.failures, id) : undefined;
    const log = await openLog(settings, id, goesOn);
    for (const lost of found?.lost ?? []) log.log.note(`[orch] ${lost} was masked and could not be kept: it is empty`);
    if (found === undefined) for (const line of jobNotes(request, source)) log.log.note(line);
    const directories = await makeDirectories(settings, id, found?.job.home);
    const job = new WorkflowJob(settings, { request, source, log, ...directories, stood: found?.job });
    return job.frame();
  };
}

interface Directories {
  /** The job's own; removed at its end. */
  readonly home: HostPath;
  readonly temp: HostPath;
  readonly event: HostPath;
  readonly processes: JobEnvironment;
  readonly workspace: JobWorkspace;
}

/** `known` is the directory of a job that is gone on with. */
async function makeDirectories(settings: WorkflowFrames, leg: string, known?: string): Promise<Directories> {
  await mkdir(settings.temp, { recursive: true });
  await mkdir(settings.toolCache, { recursive: true });
  const home = hostPath(known ?? (await mkdtemp(join(settings.temp, 'job-'))));
  if (known !== undefined) await keepTemp(home);
  const temp = hostPath(join(home, '_temp'));
  const event = hostPath(join(temp, '_github_workflow', 'event.json'));
  await mkdir(join(temp, '_github_workflow'), { recursive: true });
  await writeFile(event, settings.event, { mode: 0o600 });
  // Got ready while the workspace is being made.
  const processes = settings.openProcesses(home);
  try {
    return { home, temp, event, processes, workspace: await settings.workspace(leg, known !== undefined) };
  } catch (error) {
    await processes.close();
    throw error;
  }
}

/** Actions are copied again, and processes have their pipes anew. */
async function keepTemp(home: HostPath): Promise<void> {
  const names = (await readdir(home)).filter((name) => name !== '_temp');
  for (const name of names) await rm(join(home, name), { recursive: true, force: true });
}

interface JobParts extends Directories {
  readonly request: JobRequest;
  readonly source: JobSource;
  readonly log: OpenLog;
  readonly stood: StandingJob | undefined;
}

class WorkflowJob {
  readonly #settings: WorkflowFrames;
  readonly #parts: JobParts;
  readonly #place: JobPlace;
  readonly #facts: JobFacts;
  readonly #posts: ExtraStep[] = [];
  readonly #memory: KeptMemory;
  readonly #sides = new Map<number, ReturnType<typeof createSidePlace>>();
  #steps: readonly (StepInUse | undefined)[] = [];

  constructor(settings: WorkflowFrames, parts: JobParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#place = placeOf(settings, parts);
    this.#memory = createActionMemory(parts.stood?.actions);
    this.#place.matchers.add(parts.stood?.matchers.toReversed() ?? []);
    const { request, source } = parts;
    const { github, runner } = this.#place;
    this.#facts = {
      contexts: { ...source.contexts, github },
      secrets: source.secrets,
      request,
      runner,
      job: source.job,
    };
  }

  frame(): JobFrame {
    const { failures } = this.#settings;
    const standstill = this.#standstill();
    const { log, request, home, workspace } = this.#parts;
    return {
      handlerFor: (_, index) => this.#steps[index]?.main,
      note: (line) => log.log.note(`[orch] ${line}`),
      recent: { mark: () => log.log.mark(), read: () => lastOutput(log.log.lastLines()) },
      tellFailure: ({ message, hint }) => {
        log.log.note(`##[error]${message}`);
        if (hint !== undefined) log.log.note(`[orch] ${hint}`);
      },
      lost: log.lost,
      surroundings: this.#surroundings(),
      ...(standstill === undefined ? {} : { standstill }),
      close: async () => {
        await this.#place.processes.close();
        await workspace.dispose();
        await rm(home, { recursive: true, force: true });
        if (failures !== undefined) {
          await rm(standingDirectory(failures, request.leg.id), { recursive: true, force: true });
        }
        return log.close();
      },
    };
  }

  #surroundings(): Surroundings {
    const { source, log, workspace } = this.#parts;
    const { contexts, secrets, runner = {}, job = {} } = this.#facts;
    return {
      contexts,
      secrets,
      runner,
      job,
      env: source.workflow.env,
      added: () => Object.fromEntries(this.#place.made.env),
      hashes: { workspace: workspace.work, program: this.#settings.hashProgram, signal: log.lost },
      leftOut: (index) => this.#leftOut(index),
      setUp: (scope, cancelled) => this.#setUp(scope, cancelled),
      takePost: () => this.#posts.pop(),
      sideOf: (index) => this.#sideOf(index).side,
      print: (line) => log.log.note(line),
      ...(this.#place.debug ? { debug: (line: string) => log.log.note(`##[debug]${line}`) } : {}),
    };
  }

  async #setUp(scope: Scope, cancelled: AbortSignal): Promise<Result<readonly ExtraStep[], Failure>> {
    const { request, source, log, home, workspace } = this.#parts;
    const { job } = request;
    const missing = whatIsMissing(job);
    if (missing !== undefined) return err({ code: 'setup-failed', message: missing });
    const defaults = readDefaults(job.defaults ?? source.workflow.defaults, scope);
    if (!defaults.ok) return defaults;
    const actions = createJobActions({
      store: this.#settings.actions,
      directory: hostPath(join(home, '_actions')),
      workspace: workspace.work,
      tell: (line) => log.log.note(line),
    });
    const { name: repository, commit, ref } = this.#settings.repository;
    const settings: StepSettings = {
      place: this.#place,
      facts: this.#facts,
      actions,
      after: this.#settings.clock.after,
      memory: this.#memory,
      path: '',
      addPost: (post) => void this.#posts.push(post),
      defaults: defaults.value,
      github: {},
      self: source.self,
      depth: 0,
      open: createOpenStep({ repository, commit, ref }, (line) => log.log.note(`[orch] ${line}`)),
    };
    const steps = flattenSteps(job.steps);
    const loaded = await actions.loadAll(
      steps.map(({ step }) => step),
      settings,
      AbortSignal.any([log.lost, cancelled]),
    );
    if (!loaded.ok) return loaded;
    const { started, completed } = this.#settings.hooks ?? {};
    // The first to be registered is the last to run.
    if (completed !== undefined) this.#posts.push(hookStage('completed', completed, this.#place));
    this.#steps = steps.map(({ step, id }, index) => {
      if (!isWorkStep(step)) return undefined;
      const place = step.background === true ? this.#sideOf(index).place : this.#place;
      return settings.open({ step, id, loaded: loaded.value.get(index) }, { ...settings, place });
    });
    const before = started === undefined ? [] : [hookStage('started', started, this.#place)];
    if (this.#parts.stood === undefined) return ok([...before, ...this.#stagesBefore()]);
    for (const place of await this.#memory.restore(AbortSignal.any([log.lost, cancelled]))) {
      log.log.note(`[orch] the action of ${place} is not there any more, and its last stage is left out`);
    }
    return ok([]);
  }

  /** Of the steps that are not left out. */
  #stagesBefore(): readonly ExtraStep[] {
    return this.#steps.flatMap((step, index) => (this.#leftOut(index) === undefined ? (step?.pre ?? []) : []));
  }

  #leftOut(index: number): string | undefined {
    return this.#settings.leftOut?.(this.#parts.request, index);
  }

  #standstill(): Standstill | undefined {
    const { request, home, log, stood } = this.#parts;
    const { failures } = this.#settings;
    if (failures === undefined) return undefined;
    const leave = async (): Promise<Closed> => {
      await this.#place.processes.close();
      return log.close();
    };
    return createStandstill(failures, { request, place: this.#place, home, memory: this.#memory, stood, leave });
  }

  #sideOf(index: number): ReturnType<typeof createSidePlace> {
    const known = this.#sides.get(index);
    if (known !== undefined) return known;
    const side = createSidePlace(this.#place, { home: this.#parts.home, number: index });
    this.#sides.set(index, side);
    return side;
  }
}

/** What a failed step is shown with: its own words, without the command line that stands above them. */
const LINES = 10;
const HEAD_END = '##[endgroup]';

function lastOutput(lines: readonly string[]): readonly string[] {
  const end = lines.indexOf(HEAD_END);
  const begun = lines.findIndex((line) => line.startsWith('##[group]'));
  // A later group is the step's own.
  const own = end !== -1 && begun <= 0 ? lines.slice(end + 1) : lines;
  return own.slice(-LINES);
}

/** Containers come with a later version. */
function whatIsMissing({ container, services }: StepsJob): string | undefined {
  if (container !== undefined) return "the job's container needs a container engine, which is not supported yet";
  if (services === undefined) return undefined;
  return "the job's services need a container engine, which is not supported yet";
}

/** Of the whole `defaults` only `run` means something; a job's replaces the workflow's. */
function readDefaults(node: Node | undefined, scope: Scope): Result<ScriptSettings['defaults'], Failure> {
  if (node === undefined) return ok({});
  const defaults = evaluateNode(node, scope);
  if (!defaults.ok) return err({ code: 'expression', message: `defaults: ${defaults.error.message}` });
  const run = isJsonObject(defaults.value) ? defaults.value['run'] : undefined;
  const text = (key: string): string => textIn(isJsonObject(run) ? run : {}, key);
  return ok({ shell: text('shell'), 'working-directory': text('working-directory') });
}

function placeOf(settings: WorkflowFrames, parts: JobParts): JobPlace {
  const { request, source, log, temp, event, processes, workspace, stood } = parts;
  const { github } = source.contexts;
  const debug = [source.secrets, source.contexts.vars].some(isDebugging);
  const { name: repository, serverUrl } = settings.repository;
  return {
    workspace: workspace.work,
    temp,
    platform: platform(),
    processes,
    commandFiles: createCommandFiles(temp),
    hostEnv: settings.hostEnv,
    masker: settings.masker,
    write: (chunk) => log.log.write(chunk),
    debug,
    services: {},
    matchers: createMatcherRegistry(),
    repositoryFile: createRepositoryFiles({ checkout: workspace.work, serverUrl, repository }),
    github: {
      ...(isJsonObject(github) ? github : {}),
      job: request.job.id,
      workspace: workspace.work,
      event_path: event,
    },
    runner: runnerContext(settings, { temp, workspace, debug }),
    made: { env: new Map(stood?.env), path: [...(stood?.path ?? [])] },
  };
}

function isDebugging(values: Json): boolean {
  return isJsonObject(values) && textIn(values, 'ACTIONS_STEP_DEBUG').toLowerCase() === 'true';
}

function textIn(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

const SYSTEMS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { win32: 'Windows', darwin: 'macOS' };
const MACHINES: Readonly<Record<string, string>> = { x64: 'X64', ia32: 'X86', arm64: 'ARM64', arm: 'ARM' };

function runnerContext(
  { toolCache }: WorkflowFrames,
  { temp, workspace, debug }: { readonly temp: string; readonly workspace: JobWorkspace; readonly debug: boolean },
): JsonObject {
  return {
    name: 'orch',
    os: SYSTEMS[platform()] ?? 'Linux',
    arch: MACHINES[arch()] ?? arch().toUpperCase(),
    temp,
    tool_cache: toolCache,
    workspace: workspace.root,
    environment: 'self-hosted',
    ...(debug ? { debug: '1' } : {}),
  };
}
