/** The frame of a workflow's job on this machine: its directories, its contexts, its actions and its log. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { type Failure, MachineError } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import {
  evaluateNode,
  flattenSteps,
  isJsonObject,
  isWorkStep,
  type Json,
  type Node,
  type Scope,
} from '../../workflow/index.ts';
import type { JobPlace, ScriptSettings } from '../steps/index.ts';
import { type ActionImages, createActionImages } from './action-images.ts';
import { prepareSteps, type StepInUse, type StepSettings } from './action-in-use.ts';
import { createActionMemory, type KeptMemory } from './action-memory.ts';
import type { Closed, ExtraStep, JobFrame, OpenFrame, Standstill, Surroundings } from './frame.ts';
import { createJobActions } from './job-actions.ts';
import { imageOf, JobContainers } from './job-containers.ts';
import { hookStage } from './job-hooks.ts';
import { jobNotes } from './job-notes.ts';
import { openLog } from './open-log.ts';
import { createOpenStep } from './open-step.ts';
import { isOwnDirectory, makeOwnDirectory } from './own-directory.ts';
import { forgetPutAside } from './put-aside.ts';
import { offerServices } from './service-offer.ts';
import { createSidePlace } from './side-place.ts';
import { firstStep } from './step-order.ts';
import { defaultsScope, type JobFacts, stepScope } from './step-scope.ts';
import { type Directories, type JobParts, placeOf } from './workflow-place.ts';
import type { JobSource, WorkflowFrames } from './workflow-settings.ts';
import { createStandstill, findStanding, standingDirectory } from './workflow-standstill.ts';

export function openWorkflowFrames(settings: WorkflowFrames): OpenFrame {
  const images = createActionImages(settings.containers);
  return async (request, emit) => {
    const source = settings.sourceOf(request);
    for (const secret of secretsOf(source)) settings.masker.add(secret);
    const { id } = request.leg;
    const goesOn = request.goOn !== undefined && settings.failures !== undefined;
    const found = goesOn ? await findStanding(settings.failures, id) : undefined;
    const log = await openLog(settings, id, goesOn || request.begunBefore === true);
    for (const lost of found?.lost ?? []) log.log.note(`[orch] ${lost} was masked and could not be kept: it is empty`);
    if (found === undefined) for (const line of jobNotes(request, source)) log.log.note(line);
    const image = imageOf(settings, request, source);
    const directories = await makeDirectories(settings, id, { known: found?.job.home, image, images });
    const { containers } = directories;
    const owner = { job: request.job.id, leg: id };
    const note = (line: string): void => log.log.note(`[orch] ${line}`);
    const offer = offerServices({ services: settings.services, containers, owner, emit, note });
    const job = new WorkflowJob(settings, { request, source, log, image, ...directories, offer, stood: found?.job });
    return job.frame();
  };
}

/** With the token as git sends it. */
function secretsOf({ secrets, contexts }: JobSource): readonly string[] {
  const token = isJsonObject(contexts.github) ? contexts.github['token'] : undefined;
  const asSent =
    typeof token !== 'string' || token === '' ? [] : [token, Buffer.from(`x-access-token:${token}`).toString('base64')];
  return [...Object.values(secrets), ...asSent];
}

interface Wanted {
  /** The directory of a job that is gone on with. */
  readonly known: string | undefined;
  readonly image: Result<string, Failure>;
  readonly images: ActionImages;
}

async function makeDirectories(
  settings: WorkflowFrames,
  leg: string,
  { known, ...wanted }: Wanted,
): Promise<Directories> {
  await mkdir(settings.temp, { recursive: true });
  await mkdir(settings.toolCache, { recursive: true });
  const home = hostPath(known ?? (await mkdtemp(join(settings.temp, 'job-'))));
  if (known !== undefined) await keepTemp(home, settings.temp);
  const temp = hostPath(join(home, '_temp'));
  const event = hostPath(join(temp, '_github_workflow', 'event.json'));
  for (const owned of [temp, dirname(event)]) await makeOwnDirectory(owned);
  await rm(event, { recursive: true, force: true });
  await writeFile(event, settings.event, { mode: 0o600, flag: 'wx' });
  const isInside = wanted.image.ok && wanted.image.value !== '';
  // Got ready while the workspace is being made.
  const processes = isInside ? undefined : settings.openProcesses(home);
  try {
    const workspace = await settings.workspace(leg, known !== undefined);
    const { root, work, reads = [] } = workspace;
    // Scripts around the job are this machine's.
    const hooks = Object.values(settings.hooks ?? {}).filter((path) => existsSync(path));
    const folders = { root, temp, home, toolCache: settings.toolCache, reads: [...reads, ...hooks.map(hostPath)] };
    const { run, containers: containerSettings } = settings;
    const { images } = wanted;
    const parts = { run, job: leg, settings: containerSettings, images, work, folders, isInside };
    const containers = new JobContainers(parts);
    return { home, temp, event, processes: processes ?? containers.processes, workspace, containers };
  } catch (error) {
    await processes?.close();
    throw error;
  }
}

/** Actions are copied again, and processes have their pipes anew. */
async function keepTemp(home: HostPath, parent: HostPath): Promise<void> {
  if (dirname(home) !== parent || !(await isOwnDirectory(home))) {
    const message = `${home}, which the job left when it was paused, is not there any more`;
    throw new MachineError({ code: 'environment-lost', message });
  }
  const names = (await readdir(home)).filter((name) => name !== '_temp');
  // Steps in a container may have made links of these, which are not to be followed.
  const own = ['_github_workflow', '_github_home', '_runner_file_commands'].map((name) => join('_temp', name));
  for (const name of [...names, ...own]) await rm(join(home, name), { recursive: true, force: true });
}

class WorkflowJob {
  readonly #settings: WorkflowFrames;
  readonly #parts: JobParts;
  readonly #place: JobPlace;
  readonly #facts: JobFacts;
  readonly #posts: ExtraStep[] = [];
  readonly #memory: KeptMemory;
  readonly #job: Record<string, Json>;
  readonly #sides = new Map<number, ReturnType<typeof createSidePlace>>();
  #steps: readonly (StepInUse | undefined)[] = [];
  #hasFailed = false;

  constructor(settings: WorkflowFrames, parts: JobParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#place = placeOf(settings, parts);
    this.#memory = createActionMemory(parts.stood?.actions);
    this.#place.matchers.add(parts.stood?.matchers.toReversed() ?? []);
    const { request, source } = parts;
    const { github, runner } = this.#place;
    this.#job = { ...source.job };
    this.#facts = {
      contexts: { ...source.contexts, github },
      secrets: source.secrets,
      request,
      runner,
      // Containers are added when they are there.
      job: this.#job,
    };
  }

  frame(): JobFrame {
    const { failures } = this.#settings;
    const standstill = this.#standstill();
    const { log, request, home, workspace, containers, offer } = this.#parts;
    return {
      handlerFor: (_, index) => this.#steps[index]?.main,
      note: (line) => log.log.note(`[orch] ${line}`),
      recent: { mark: () => log.log.mark(), read: () => lastOutput(log.log.lastLines()) },
      tellFailure: ({ message, hint }) => {
        this.#hasFailed = true;
        log.log.note(`##[error]${message}`);
        if (hint !== undefined) log.log.note(`[orch] ${hint}`);
      },
      lost: log.lost,
      surroundings: this.#surroundings(),
      ...(standstill === undefined ? {} : { standstill }),
      close: async () => {
        await this.#place.processes.close();
        if (this.#hasFailed) await containers.tellLogs((line) => log.log.note(line));
        await containers.close();
        await offer.close();
        await containers.dispose(workspace.root, () => workspace.dispose());
        await containers.dispose(home, () => rm(home, { recursive: true, force: true }));
        if (failures !== undefined) await forgetPutAside(standingDirectory(failures, request.leg.id));
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
      setUp: (env, cancelled) => this.#setUp(env, cancelled),
      takePost: () => this.#posts.pop(),
      sideOf: (index) => this.#sideOf(index).side,
      print: (line) => log.log.note(line),
      ...(this.#place.debug ? { debug: (line: string) => log.log.note(`##[debug]${line}`) } : {}),
    };
  }

  async #setUp(
    env: Readonly<Record<string, string>>,
    cancelled: AbortSignal,
  ): Promise<Result<readonly ExtraStep[], Failure>> {
    const { request, source, log, home, workspace, containers } = this.#parts;
    const { job } = request;
    const defaults = readDefaults(job.defaults ?? source.workflow.defaults, defaultsScope(this.#facts, env));
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
      containers: containers.actions,
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
    const signal = AbortSignal.any([log.lost, cancelled]);
    const [loaded, contained] = await Promise.all([
      actions.loadAll(
        steps.map(({ step }) => step),
        settings,
        signal,
      ),
      this.#openContainers(env, signal),
    ]);
    if (!loaded.ok) return loaded;
    if (!contained.ok) return contained;
    const { started, completed } = this.#settings.hooks ?? {};
    // The first to be registered is the last to run.
    if (completed !== undefined) this.#posts.push(hookStage('completed', completed, this.#place));
    this.#steps = steps.map(({ step, id }, index) => {
      if (!isWorkStep(step)) return undefined;
      const place = step.background === true ? this.#sideOf(index).place : this.#place;
      return settings.open({ step, id, loaded: loaded.value.get(index) }, { ...settings, place });
    });
    const kept = this.#steps.filter((_, index) => this.#leftOut(index) === undefined);
    const prepared = await prepareSteps(kept, signal);
    if (!prepared.ok) return prepared;
    const before = started === undefined ? [] : [hookStage('started', started, this.#place)];
    if (this.#parts.stood === undefined) return ok([...before, ...this.#stagesBefore()]);
    for (const place of await this.#memory.restore(AbortSignal.any([log.lost, cancelled]))) {
      log.log.note(`[orch] the action of ${place} is not there any more, and its last stage is left out`);
    }
    return ok([]);
  }

  async #openContainers(env: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Result<void, Failure>> {
    const { request, image, workspace, containers, log } = this.#parts;
    if (!image.ok) return image;
    const opened = await containers.open({
      run: this.#settings.run,
      request,
      image: image.value,
      scope: stepScope(this.#facts, { order: firstStep(), env }),
      workspace: workspace.work,
      tell: (line) => log.log.note(`[orch] ${line}`),
      signal,
    });
    if (opened.ok) Object.assign(this.#job, opened.value);
    return opened.ok ? ok(undefined) : opened;
  }

  /** Of the steps that are not left out. */
  #stagesBefore(): readonly ExtraStep[] {
    return this.#steps.flatMap((step, index) => (this.#leftOut(index) === undefined ? (step?.pre ?? []) : []));
  }

  #leftOut(index: number): string | undefined {
    return this.#settings.leftOut?.(this.#parts.request, index);
  }

  #standstill(): Standstill | undefined {
    const { request, home, log, stood, containers, offer } = this.#parts;
    const { failures, hostEnv } = this.#settings;
    if (failures === undefined) return undefined;
    const leave = async (): Promise<Closed> => {
      await this.#place.processes.close();
      await containers.close();
      await offer.close();
      return log.close();
    };
    const standing = { request, place: this.#place, home, memory: this.#memory, stood, hostEnv, leave };
    return createStandstill(failures, standing);
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
  // The runner warns about an action's inputs before its first group; a later group is the step's own.
  const isHead = lines.slice(0, Math.max(begun, 0)).every((line) => line.startsWith('##[warning]'));
  const own = end !== -1 && isHead ? lines.slice(end + 1) : lines;
  return own.slice(-LINES);
}

/** Of the whole `defaults` only `run` means something; a job's replaces the workflow's. */
function readDefaults(node: Node | undefined, scope: Scope): Result<ScriptSettings['defaults'], Failure> {
  if (node === undefined) return ok({});
  const defaults = evaluateNode(node, scope);
  if (!defaults.ok) return err({ code: 'expression', message: `defaults: ${defaults.error.message}` });
  const run = isJsonObject(defaults.value) ? defaults.value['run'] : undefined;
  const text = (key: string): string => {
    const value = isJsonObject(run) ? run[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  return ok({ shell: text('shell'), 'working-directory': text('working-directory') });
}
