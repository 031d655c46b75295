/** The frame of a workflow's job on this machine: its contexts, its actions and its log. */
import { join } from 'node:path';
import { hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { ok, type Result } from '../../shared/result.ts';
import { flattenSteps, isJsonObject, isWorkStep, type Json } from '../../workflow/index.ts';
import type { JobPlace } from '../steps/index.ts';
import { removeTree } from '../workspaces/index.ts';
import { createActionImages } from './action-images.ts';
import { prepareSteps, type StepInUse, type StepSettings } from './action-in-use.ts';
import { createActionMemory, type KeptMemory } from './action-memory.ts';
import type { Closed, ExtraStep, JobFrame, OpenFrame, Standstill, Surroundings } from './frame.ts';
import { createJobActions, type JobActions } from './job-actions.ts';
import { imageOf } from './job-containers.ts';
import { hookStage } from './job-hooks.ts';
import { jobNotes } from './job-notes.ts';
import { lastOutput } from './last-output.ts';
import { openLog } from './open-log.ts';
import { createOpenStep } from './open-step.ts';
import { forgetPutAside } from './put-aside.ts';
import { readDefaults } from './run-defaults.ts';
import { offerServices, openAccess } from './service-offer.ts';
import { createSidePlace } from './side-place.ts';
import { firstStep } from './step-order.ts';
import { defaultsScope, type JobFacts, stepScope } from './step-scope.ts';
import { makeDirectories } from './workflow-directories.ts';
import { type JobParts, placeOf } from './workflow-place.ts';
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
    const owner = { job: request.job.id, leg: id };
    const note = (line: string): void => log.log.note(`[orch] ${line}`);
    const access = openAccess({ services: settings.services, owner, emit, note });
    const directories = await makeDirectories(settings, id, { known: found?.job.home, image, images, access });
    const offer = offerServices({ access, containers: directories.containers, note });
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
        await containers.dispose(home, () => removeTree(home));
        if (failures !== undefined) await forgetPutAside(standingDirectory(failures, request.leg.id));
        return log.close();
      },
    };
  }

  #surroundings(): Surroundings {
    const { source, log, workspace, containers } = this.#parts;
    const { contexts, secrets, runner = {}, job = {} } = this.#facts;
    return {
      contexts,
      secrets,
      runner,
      job,
      env: source.workflow.env,
      added: () => Object.fromEntries(this.#place.made.env),
      hashes: {
        workspace: workspace.work,
        program: this.#settings.hashProgram,
        signal: log.lost,
        refresh: () => containers.refresh(),
      },
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
    const { request, source, log, containers } = this.#parts;
    const { job } = request;
    const defaults = readDefaults(job.defaults ?? source.workflow.defaults, defaultsScope(this.#facts, env));
    if (!defaults.ok) return defaults;
    const actions = this.#openActions();
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

  #openActions(): JobActions {
    const { log, home, workspace, containers } = this.#parts;
    return createJobActions({
      store: this.#settings.actions,
      directory: hostPath(join(home, '_actions')),
      workspace: workspace.work,
      refresh: () => containers.refresh(),
      tell: (line) => log.log.note(line),
    });
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
    const bringBack = (): Promise<void> => containers.bringBack();
    const leave = async (): Promise<Closed> => {
      await bringBack();
      await this.#place.processes.close();
      await containers.close();
      await offer.close();
      return log.close();
    };
    const standing = { request, place: this.#place, home, memory: this.#memory, stood, hostEnv, leave, bringBack };
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
