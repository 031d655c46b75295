/** Composite actions: steps within a step, with a scope, an order and stages of their own. */
import type { Failure } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import {
  type ActionStep,
  type CompositeRuns,
  evaluateString,
  type JsonObject,
  scalar,
  stepIds,
} from '../../workflow/index.ts';
import {
  type FailedProcess,
  failedStep,
  innerPath,
  type StepCall,
  type StepEnd,
  type StepHandler,
  writeLines,
} from '../steps/index.ts';
import {
  placeInJob,
  prepareSteps,
  type StepInUse,
  type StepSettings,
  stageStep,
  tellWarnings,
  type UsedStep,
} from './action-in-use.ts';
import { readInputs } from './action-inputs.ts';
import type { ExtraStep } from './frame.ts';
import type { LoadedAction } from './job-actions.ts';
import { displayName, runStep, type StepDone, type StepPlan } from './run-step.ts';
import { firstStep, type JobStatus, jobCancelled, type StepOrder, stageDone, stepDone } from './step-order.ts';
import { compositeScope, type StepView, scopesOf } from './step-scope.ts';

type Composite = LoadedAction & { readonly runs: CompositeRuns };

export function openComposite(used: UsedStep<ActionStep>, loaded: Composite, settings: StepSettings): StepInUse {
  const composite = new CompositeAction(used, loaded, settings);
  const pre = composite.pre();
  return {
    main: (call) => composite.main(call),
    prepare: (signal) => composite.prepare(signal),
    ...(pre === undefined ? {} : { pre }),
  };
}

class CompositeAction {
  readonly #used: UsedStep<ActionStep>;
  readonly #loaded: Composite;
  readonly #settings: StepSettings;
  readonly #github: JsonObject;
  readonly #ids: readonly string[];
  readonly #steps: readonly StepInUse[];
  readonly #posts: ExtraStep[] = [];
  #failure: Failure | undefined;
  #process: FailedProcess | undefined;
  /** Of the job as the stage began. */
  #jobStatus: JobStatus = 'success';
  /** The stages before and after ask for the state of the job; steps ask for that of the action. */
  #asksJob = false;

  constructor(used: UsedStep<ActionStep>, loaded: Composite, settings: StepSettings) {
    this.#used = used;
    this.#loaded = loaded;
    this.#settings = settings;
    this.#github = { ...settings.github, ...loaded.github, action_path: innerPath(settings.place, loaded.directory) };
    this.#ids = stepIds(loaded.runs.steps);
    const inner: StepSettings = {
      ...settings,
      self: loaded.self,
      depth: settings.depth + 1,
      defaults: {},
      github: this.#github,
      path: `${placeInJob(used, settings)}/`,
      addPost: (post) => this.#addPost(post),
    };
    this.#steps = loaded.runs.steps.map((step, index) =>
      settings.open({ step, id: this.#ids[index] ?? '', loaded: loaded.nested.get(index) }, inner),
    );
  }

  /** Kept outside: what its steps came to is asked for by its last stages, which may run in another process. */
  get #order(): StepOrder {
    return this.#settings.memory.orderOf(this.#place);
  }

  set #order(order: StepOrder) {
    this.#settings.memory.setOrder(this.#place, order);
  }

  get #place(): string {
    return placeInJob(this.#used, this.#settings);
  }

  /** One stage for all of its steps that have one. */
  pre(): ExtraStep | undefined {
    const stages = this.#steps.flatMap(({ pre }) => pre ?? []);
    if (stages.length === 0) return undefined;
    const { step, id } = this.#used;
    return { step: stageStep(step, 'Pre'), id, handler: (call) => this.#stages(call, () => stages.shift()) };
  }

  prepare(signal: AbortSignal): Promise<Result<void, Failure>> {
    return prepareSteps(this.#steps, signal);
  }

  async main(call: StepCall): Promise<StepEnd> {
    const inputs = await this.#inputs(call);
    if (typeof inputs === 'string') return failedStep('expression', inputs);
    await tellWarnings(inputs.warnings, call, this.#settings.place);
    this.#jobStatus = await jobStatusOf(call);
    this.#asksJob = false;
    // It may be done over after a failure.
    this.#order = firstStep();
    this.#failure = undefined;
    this.#process = undefined;
    return this.#cancellable(call, async () => {
      for (const [index, step] of this.#loaded.runs.steps.entries()) {
        const handler = this.#steps[index]?.main;
        const id = this.#ids[index] ?? '';
        const done = await this.#run({ step, id, handler }, call, inputs.values);
        await this.#note(done, call);
        this.#order = stepDone(this.#order, step.id, {
          outcome: done.outcome,
          conclusion: done.conclusion,
          outputs: done.outputs,
        });
        // As on GitHub: those behind it are not even looked at.
        if (done.undecided === true) break;
      }
      const outputs = await this.#outputs(call, inputs.values);
      return typeof outputs === 'string' ? failedStep('expression', outputs) : this.#end(outputs);
    });
  }

  #addPost(post: ExtraStep): void {
    const { step, id } = this.#used;
    const handler: StepHandler = (call) => this.#stages(call, () => this.#posts.pop());
    if (this.#posts.length === 0) this.#settings.addPost({ step: stageStep(step, 'Post'), id, handler });
    this.#posts.push(post);
  }

  async #stages(call: StepCall, take: () => ExtraStep | undefined): Promise<StepEnd> {
    const inputs = await this.#inputs(call);
    if (typeof inputs === 'string') return failedStep('expression', inputs);
    this.#jobStatus = await jobStatusOf(call);
    this.#asksJob = true;
    // What the steps before came to is told; a stage has an end of its own.
    this.#failure = undefined;
    const before = this.#order;
    this.#order = { ...before, status: 'success' };
    const end = await this.#cancellable(call, async () => {
      for (let extra = take(); extra !== undefined; extra = take()) {
        const done = await this.#run(extra, call, inputs.values);
        await this.#note(done, call);
        this.#order = stageDone(this.#order, done.conclusion);
      }
      return this.#end({});
    });
    this.#order = { ...this.#order, status: before.status === 'success' ? this.#order.status : before.status };
    this.#failure = undefined;
    return end;
  }

  async #run(
    part: Pick<StepPlan, 'step' | 'id' | 'handler'>,
    call: StepCall,
    inputs: Readonly<Record<string, string>>,
  ): Promise<StepDone> {
    const plan = this.#planOf(part, call, inputs);
    const print = (line: string): void => void writeLines(this.#settings.place, [line]);
    return runStep({ ...plan, name: await displayName(plan), print, tell: call.tell, cancelled: call.signal });
  }

  #planOf(
    run: Pick<StepPlan, 'step' | 'id' | 'handler'>,
    call: StepCall,
    inputs: Readonly<Record<string, string>>,
  ): StepPlan {
    const { facts, place, after } = this.#settings;
    return {
      ...run,
      env: { ...call.env, ...Object.fromEntries(place.made.env), ...call.ownEnv },
      outerEnv: call.ownEnv,
      scope: scopesOf(
        () => this.#order,
        (view) =>
          compositeScope(
            facts,
            this.#viewed({ ...view, github: { ...this.#github, action: run.id, ...view.github } }),
            inputs,
          ),
      ),
      hashes: call.hashes,
      after,
      debug: place.debug ? (line) => void writeLines(place, [`##[debug]${line}`]) : undefined,
      overdue: call.overdue,
    };
  }

  #viewed(view: StepView): StepView {
    const jobStatus = view.order.status === 'cancelled' ? 'cancelled' : this.#jobStatus;
    return { ...view, jobStatus, order: this.#asksJob ? { ...view.order, status: jobStatus } : view.order };
  }

  async #note({ outcome, conclusion, failure, process, told }: StepDone, call: StepCall): Promise<void> {
    if (failure === undefined || outcome !== 'failure') return;
    if (conclusion === 'failure') {
      this.#failure ??= failure;
      this.#process ??= process;
    }
    if (told === true) return;
    await writeLines(this.#settings.place, [`##[error]${failure.message}`]);
    call.tell({ type: 'annotation', annotation: { level: 'error', message: failure.message } });
  }

  async #cancellable(call: StepCall, run: () => Promise<StepEnd>): Promise<StepEnd> {
    const onCancel = (): void => {
      this.#order = jobCancelled(this.#order);
    };
    if (call.signal.aborted) onCancel();
    call.signal.addEventListener('abort', onCancel, { once: true });
    try {
      return await run();
    } finally {
      call.signal.removeEventListener('abort', onCancel);
    }
  }

  async #inputs(
    call: StepCall,
  ): Promise<{ readonly values: Readonly<Record<string, string>>; readonly warnings: readonly string[] } | string> {
    const inputs = await readInputs(this.#loaded.action, call, this.#github);
    return inputs.ok ? inputs.value : inputs.error;
  }

  /** Also of an action that failed. */
  async #outputs(
    call: StepCall,
    inputs: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>> | string> {
    const outputs: [string, string][] = [];
    const view = this.#viewed({ order: this.#order, env: call.env, github: this.#github });
    for (const { name, value } of this.#loaded.action.outputs) {
      if (value === undefined) continue;
      const text = evaluateString(value, compositeScope(this.#settings.facts, view, inputs));
      if (!text.ok) return `the output '${name}': ${text.error.message}`;
      outputs.push([name, text.value]);
    }
    return Object.fromEntries(outputs);
  }

  #end(outputs: Readonly<Record<string, string>>): StepEnd {
    const { status } = this.#order;
    const failure = status === 'failure' ? this.#failure : undefined;
    return {
      outcome: status,
      outputs,
      told: true,
      ...(failure === undefined ? {} : { failure }),
      ...(failure === undefined || this.#process === undefined ? {} : { process: this.#process }),
    };
  }
}

async function jobStatusOf(call: StepCall): Promise<JobStatus> {
  const status = await call.evaluate((scope) => evaluateString(JOB_STATUS, scope));
  return status.ok && (status.value === 'failure' || status.value === 'cancelled') ? status.value : 'success';
}

const JOB_STATUS = scalar('${{ job.status }}');
