/** A job that stands still at a step that failed: all that is needed to go on with it, and how that is written down. */
import { createHash } from 'node:crypto';
import type { Failure } from '../../shared/failure.ts';
import { flattenSteps, type JobResult, type Step } from '../../workflow/index.ts';
import type { ProblemMatcher } from '../commands/index.ts';
import type { RememberedActions } from './action-memory.ts';
import { type Seal, type SealedText, sealText, unsealText } from './sealed-text.ts';
import type { JobStatus, StepOrder } from './step-order.ts';

/** Where the steps stand. */
export interface StandingSteps {
  /** `next` is the step that failed, or the one that waits for what failed in the background. */
  readonly order: StepOrder;
  /** Turns taken so far. */
  readonly turns: number;
  /** What the step is called. */
  readonly name: string;
  readonly failure: Failure;
  readonly outputs: Readonly<Record<string, string>>;
  /** Steps in the background that begin again with another process: nobody had waited for them, or they failed. */
  readonly background: readonly number[];
}

export interface StandingJob {
  readonly steps: StandingSteps;
  /** Of the steps that are done: they must be the same when the job goes on. */
  readonly done: string;
  /** The directory of the job's own, with RUNNER_TEMP and its actions. */
  readonly home: string;
  readonly env: ReadonlyMap<string, string>;
  readonly path: readonly string[];
  readonly actions: RememberedActions;
  readonly matchers: readonly ProblemMatcher[];
}

type Pairs<T> = readonly (readonly [string, T])[];

/** Plain JSON; `T` stands for every text that a step has made. */
interface Written<T> {
  readonly version: 1;
  readonly order: WrittenOrder<T>;
  readonly turns: number;
  readonly name: T;
  readonly failure: Omit<Failure, 'message' | 'details'> & { readonly message: T };
  readonly outputs: Pairs<T>;
  readonly background: readonly number[];
  readonly done: string;
  readonly home: string;
  readonly env: Pairs<T>;
  readonly path: readonly T[];
  readonly states: Pairs<Pairs<T>>;
  readonly orders: Pairs<WrittenOrder<T>>;
  readonly begun: readonly string[];
  readonly matchers: readonly WrittenMatcher[];
}

interface WrittenOrder<T> {
  readonly next: number;
  readonly status: JobStatus;
  readonly results: Pairs<{ readonly outcome: JobResult; readonly conclusion: JobResult; readonly outputs: Pairs<T> }>;
}

type WrittenMatcher = Omit<ProblemMatcher, 'patterns'> & {
  readonly patterns: readonly (Omit<ProblemMatcher['patterns'][number], 'regexp'> & {
    readonly regexp: { readonly source: string; readonly flags: string };
  })[];
};

export function writeStandingJob(job: StandingJob, seal: Seal): string {
  return `${JSON.stringify(
    mapTexts(
      toPlain(job, seal),
      (text) => sealText(text, seal),
      (name) => seal.mask(name) === name,
    ),
    null,
    2,
  )}\n`;
}

export interface ReadStandingJob {
  readonly job: StandingJob;
  /** What could not be kept since it was masked, and is empty now: names for people. */
  readonly lost: readonly string[];
}

/** Undefined for a text that is none of `writeStandingJob`: the job could have written it. */
export function readStandingJob(text: string, secrets: Seal['secrets']): ReadStandingJob | undefined {
  try {
    return read(text, secrets);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function read(text: string, secrets: Seal['secrets']): ReadStandingJob | undefined {
  const written = JSON.parse(text) as Partial<Written<SealedText>> | null;
  if (written?.version !== 1) return undefined;
  const lost: string[] = [];
  const plain = mapTexts(written as Written<SealedText>, (sealed, name) => {
    const clear = unsealText(sealed, secrets);
    if (clear === undefined) lost.push(name);
    return clear ?? '';
  });
  return { job: fromPlain(plain), lost };
}

/** Of the steps that are not done again: the same for the same steps, wherever they stand in their file. */
export function digestSteps(
  steps: readonly Step[],
  { order, background }: Pick<StandingSteps, 'order' | 'background'>,
): string {
  const again = new Set(background);
  const done = flattenSteps(steps).slice(0, order.next);
  const kept = done.map((step, index) => (again.has(index) ? step.id : step));
  const text = JSON.stringify(kept, (key, value: unknown) => (key === 'at' ? undefined : value));
  return createHash('sha256').update(text).digest('hex');
}

function toPlain({ steps, actions, ...job }: StandingJob, { mask }: Seal): Written<string> {
  const { code, message, hint } = steps.failure;
  return {
    version: 1,
    order: plainOrder(steps.order),
    turns: steps.turns,
    name: steps.name,
    failure: { code, message, ...(hint === undefined ? {} : { hint }) },
    outputs: Object.entries(steps.outputs),
    background: steps.background,
    done: job.done,
    home: job.home,
    env: [...job.env],
    path: job.path,
    states: actions.states,
    orders: actions.orders.map(([place, order]) => [place, plainOrder(order)] as const),
    begun: actions.begun,
    matchers: job.matchers.map(plainMatcher).filter((matcher) => isClear(matcher, mask)),
  };
}

function plainMatcher(matcher: ProblemMatcher): WrittenMatcher {
  const patterns = matcher.patterns.map(({ regexp: { source, flags }, ...rest }) => ({
    ...rest,
    regexp: { source, flags },
  }));
  return { ...matcher, patterns };
}

/** No text in it holds what must not be shown. */
function isClear(value: unknown, mask: Seal['mask']): boolean {
  if (typeof value === 'string') return mask(value) === value;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((inner) => isClear(inner, mask));
}

function fromPlain(plain: Written<string>): StandingJob {
  const { turns, name, failure, background, done, home, path } = plain;
  const outputs = Object.fromEntries(plain.outputs);
  return {
    steps: { order: orderOf(plain.order), turns, name, failure, outputs, background },
    done,
    home,
    env: new Map(plain.env),
    path,
    actions: {
      states: plain.states,
      orders: plain.orders.map(([place, order]) => [place, orderOf(order)] as const),
      begun: plain.begun,
    },
    matchers: plain.matchers.map((matcher) => ({
      ...matcher,
      patterns: matcher.patterns.map(({ regexp, ...rest }) => ({
        ...rest,
        regexp: new RegExp(regexp.source, regexp.flags),
      })),
    })),
  };
}

function plainOrder({ next, status, results }: StepOrder): WrittenOrder<string> {
  const plain = [...results].map(([id, { outcome, conclusion, outputs }]) => {
    return [id, { outcome, conclusion, outputs: Object.entries(outputs) }] as const;
  });
  return { next, status, results: plain };
}

function orderOf({ next, status, results }: WrittenOrder<string>): StepOrder {
  const records = results.map(
    ([id, record]) => [id, { ...record, outputs: Object.fromEntries(record.outputs) }] as const,
  );
  return { next, status, results: new Map(records) };
}

/** `name` says of each text what it is. What has a name that is not kept is left out. */
function mapTexts<A, B>(
  written: Written<A>,
  map: (text: A, name: string) => B,
  keeps: (name: string) => boolean = () => true,
): Written<B> {
  const pairs = (list: Pairs<A>, of: string): Pairs<B> =>
    list.filter(([name]) => keeps(name)).map(([name, text]) => [name, map(text, `${of} ${name}`)] as const);
  const order = ({ results, ...rest }: WrittenOrder<A>): WrittenOrder<B> => ({
    ...rest,
    results: results.map(
      ([id, record]) => [id, { ...record, outputs: pairs(record.outputs, `the output of ${id},`) }] as const,
    ),
  });
  return {
    ...written,
    order: order(written.order),
    name: map(written.name, 'the name of the step'),
    failure: { ...written.failure, message: map(written.failure.message, 'why the step failed') },
    outputs: pairs(written.outputs, 'the output of the failed step,'),
    env: pairs(written.env, 'the variable'),
    path: written.path.map((text) => map(text, 'an entry of the PATH')),
    states: written.states.map(([place, saved]) => [place, pairs(saved, `the state of ${place},`)] as const),
    orders: written.orders.map(([place, one]) => [place, order(one)] as const),
  };
}
