/** The actions that a job uses, found and read: each folder once a job, those of other repositories as the job's own copies. */
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import {
  type Action,
  dockerfileAction,
  type JsonObject,
  parseActionReference,
  type RemoteReference,
  type Step,
} from '../../workflow/index.ts';
import { parseAction } from '../../workflow/parse/index.ts';
import { type ActionManifest, findManifest } from '../actions/index.ts';
import { type ActionRootSettings, type ActionRoots, createActionRoots } from './action-roots.ts';
import { nodeNotice } from './node-notice.ts';
import { createOnce } from './once.ts';

export interface LoadedAction {
  readonly action: Action;
  readonly directory: HostPath;
  /** `action_repository` and `action_ref`, of other repositories' actions. */
  readonly github: JsonObject;
  /** Whether it lies in the working tree, where it could not be looked at before the first step. */
  readonly local: boolean;
  /** The repository that `$/` in its steps stands for. */
  readonly self: RemoteReference | undefined;
  /** Of a composite action: those of its steps that do not depend on what the job does, by the index of the step. */
  readonly nested: ReadonlyMap<number, LoadedAction>;
}

export interface ActionPlace {
  /** The repository that `$/` stands for, of the file that says so; undefined for the one that runs. */
  readonly self: RemoteReference | undefined;
  /** How many composite actions are around it. */
  readonly depth: number;
}

export interface JobActions {
  load(uses: string, place: ActionPlace, signal: AbortSignal): Promise<Result<LoadedAction, Failure>>;
  /** By index, the actions that are known before the first step: all but those below the workspace. */
  loadAll(
    steps: readonly Step[],
    place: ActionPlace,
    signal: AbortSignal,
  ): Promise<Result<ReadonlyMap<number, LoadedAction>, Failure>>;
}

const MAX_DEPTH = 9;

export function createJobActions(settings: ActionRootSettings): JobActions {
  const places: Places = { roots: createActionRoots(settings), workspace: settings.workspace };
  const notice = nodeNotice(settings.tell);
  const once = createOnce<LoadedAction>();
  const read = async (found: Found, depth: number, signal: AbortSignal): Promise<Result<LoadedAction, Failure>> => {
    const manifest = await findManifest(found.directory);
    if (!manifest.ok) return err({ ...manifest.error, hint: hintFor(found) });
    const action = readAction(manifest.value);
    if (!action.ok) return action;
    const { runs } = action.value;
    notice(runs);
    const inner = { self: found.self, depth: depth + 1 };
    const nested = runs.kind === 'composite' ? await actions.loadAll(runs.steps, inner, signal) : ok(new Map());
    return nested.ok ? ok({ ...found, action: action.value, nested: nested.value }) : nested;
  };
  const actions: JobActions = {
    load: async (uses, { self, depth }, signal) => {
      if (depth > MAX_DEPTH) return fail(`Composite action depth exceeded max depth ${MAX_DEPTH}`);
      if (isImage(uses)) return ok(actionOfImage(uses, settings.workspace));
      const found = await locate(uses, self, { places, signal });
      if (!found.ok) return found;
      if (found.value.local) await settings.refresh?.();
      // What the job works on changes; and actions that use each other in many ways are gone through once a level.
      if (found.value.local) return read(found.value, depth, signal);
      const { directory, github } = found.value;
      return once(JSON.stringify([depth, directory, github]), () => read(found.value, depth, signal));
    },
    loadAll: async (steps, place, signal) => {
      const wanted = [...steps.entries()].flatMap(([index, step]) =>
        step.kind === 'action' && isKnownBefore(step.uses) ? [{ index, uses: step.uses }] : [],
      );
      // Servers are asked at the same time, and what the first step in the file lacks is told.
      const loads = await Promise.all(wanted.map(({ uses }) => actions.load(uses, place, signal)));
      const loaded = new Map<number, LoadedAction>();
      for (const [i, { index }] of wanted.entries()) {
        const action = loads[i];
        if (action?.ok === false) return action;
        if (action !== undefined) loaded.set(index, action.value);
      }
      return ok(loaded);
    },
  };
  return actions;
}

function isImage(uses: string): boolean {
  const reference = parseActionReference(uses);
  return reference.ok && reference.value.kind === 'docker';
}

/** An image alone is an action without a manifest. */
function actionOfImage(uses: string, directory: HostPath): LoadedAction {
  const action: Action = { inputs: [], outputs: [], runs: { kind: 'docker', image: uses } };
  return { action, directory, github: {}, local: false, self: undefined, nested: new Map() };
}

interface Places {
  readonly roots: ActionRoots;
  readonly workspace: HostPath;
}

type Found = Pick<LoadedAction, 'directory' | 'self' | 'github' | 'local'>;

async function locate(
  uses: string,
  self: RemoteReference | undefined,
  { places, signal }: { readonly places: Places; readonly signal: AbortSignal },
): Promise<Result<Found, Failure>> {
  const reference = parseActionReference(uses);
  if (!reference.ok) return fail(reference.error);
  const { value } = reference;
  switch (value.kind) {
    case 'docker':
      throw new Error(`${uses} lies in no folder`);
    case 'local':
      return ok({ directory: hostPath(join(places.workspace, value.path)), self, github: {}, local: true });
    case 'self':
    case 'remote': {
      const of = value.kind === 'self' ? self : value;
      const root = await places.roots(of, signal);
      if (!root.ok) return root;
      const github = value.kind === 'self' ? {} : namesOf(value);
      return ok({ directory: hostPath(join(root.value, value.path)), self: of, github, local: false });
    }
  }
}

function hintFor({ local, github }: Found): string {
  if (local) return "the folder must be in the job's working tree, and what git ignores is not";
  const { action_repository: repository, action_ref: ref } = github;
  const named = typeof repository === 'string' && typeof ref === 'string';
  const where = named ? `${repository} at ${ref}` : 'this repository';
  return `see whether ${where} has an action in this folder`;
}

function namesOf({ owner, repository, ref }: RemoteReference): JsonObject {
  return { action_repository: `${owner}/${repository}`, action_ref: ref };
}

/**
 * What lies in the workspace is looked at when its turn comes; so is actions/checkout, which is mostly answered
 * without it.
 */
function isKnownBefore(uses: string): boolean {
  const reference = parseActionReference(uses);
  if (!reference.ok) return true;
  return reference.value.kind !== 'local' && !(reference.value.kind === 'remote' && isCheckout(uses));
}

export function isCheckout(uses: string): boolean {
  return /^actions\/checkout@/i.test(uses);
}

function readAction(value: ActionManifest): Result<Action, Failure> {
  if (value.kind === 'dockerfile') return ok(dockerfileAction('Dockerfile'));
  const parsed = parseAction(value.text, value.path);
  if (parsed.ok) return ok(parsed.value.value);
  return fail(`${value.path} cannot be used: ${parsed.error.map(({ message }) => message).join('; ')}`);
}

function fail(message: string): Result<never, Failure> {
  return err({ code: 'action-not-found', message });
}
