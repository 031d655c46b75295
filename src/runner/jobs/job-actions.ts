/** The actions that a job uses, found and read: each folder once a job, those of other repositories as the job's own copies. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import type { Failure } from '../../shared/failure.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Action, dockerfileAction, type JsonObject, type Step } from '../../workflow/index.ts';
import { parseAction } from '../../workflow/parse/index.ts';
import { type ActionStore, copyAction, findManifest, parseUses, type RemoteReference } from '../actions/index.ts';

export interface LoadedAction {
  readonly action: Action;
  readonly directory: HostPath;
  /** `action_repository` and `action_ref`, of other repositories' actions. */
  readonly github: JsonObject;
  /** What `$/` in its steps stands for. */
  readonly selfRoot: HostPath;
  /** Of a composite action: those of its steps that do not depend on what the job does, by the index of the step. */
  readonly nested: ReadonlyMap<number, LoadedAction>;
}

export interface JobActionsSettings {
  readonly store: ActionStore;
  /** The job's own directory for copies. */
  readonly directory: HostPath;
  readonly workspace: HostPath;
  readonly signal: AbortSignal;
}

export interface ActionPlace {
  readonly selfRoot: HostPath;
  /** How many composite actions are around it. */
  readonly depth: number;
}

export interface JobActions {
  load(uses: string, place: ActionPlace): Promise<Result<LoadedAction, Failure>>;
  /** By index, the actions that are known before the first step: all but those below the workspace. */
  loadAll(steps: readonly Step[], place: ActionPlace): Promise<Result<ReadonlyMap<number, LoadedAction>, Failure>>;
}

const MAX_DEPTH = 9;

export function createJobActions(settings: JobActionsSettings): JobActions {
  const copies = new Map<string, Promise<Result<HostPath, Failure>>>();
  const fetch = (reference: RemoteReference): Promise<Result<HostPath, Failure>> => {
    const { owner, repo, ref } = reference;
    const name = `${owner.toLowerCase()}/${repo.toLowerCase()}/${encodeURIComponent(ref)}`;
    const known = copies.get(name) ?? copyOf(reference, join(settings.directory, name), settings);
    copies.set(name, known);
    return known;
  };
  const locate = async (uses: string, place: ActionPlace): Promise<Result<Found, Failure>> => {
    const reference = parseUses(uses);
    if (!reference.ok) return fail(reference.error);
    const { value } = reference;
    switch (value.kind) {
      case 'docker':
        return fail(`${uses} needs a container engine, which is not supported yet`);
      case 'local':
        return ok({ directory: hostPath(join(settings.workspace, value.path)), root: place.selfRoot, github: {} });
      case 'self':
        return ok({ directory: hostPath(join(place.selfRoot, value.path)), root: place.selfRoot, github: {} });
      case 'remote': {
        const root = await fetch(value);
        if (!root.ok) return root;
        const github = { action_repository: `${value.owner}/${value.repo}`, action_ref: value.ref };
        return ok({ directory: hostPath(join(root.value, value.path)), root: root.value, github });
      }
    }
  };
  const actions: JobActions = {
    load: async (uses, place) => {
      if (place.depth > MAX_DEPTH) return fail(`Composite action depth exceeded max depth ${MAX_DEPTH}`);
      const found = await locate(uses, place);
      if (!found.ok) return found;
      const { directory, root, github } = found.value;
      const action = await readAction(directory);
      if (!action.ok) return action;
      const { runs } = action.value;
      const inner = { selfRoot: root, depth: place.depth + 1 };
      const nested = runs.kind === 'composite' ? await actions.loadAll(runs.steps, inner) : ok(new Map());
      return nested.ok ? ok({ action: action.value, directory, github, selfRoot: root, nested: nested.value }) : nested;
    },
    loadAll: async (steps, place) => {
      const loaded = new Map<number, LoadedAction>();
      for (const [index, step] of steps.entries()) {
        if (step.kind !== 'action' || !isKnownBefore(step.uses)) continue;
        const action = await actions.load(step.uses, place);
        if (!action.ok) return action;
        loaded.set(index, action.value);
      }
      return ok(loaded);
    },
  };
  return actions;
}

interface Found {
  readonly directory: HostPath;
  readonly root: HostPath;
  readonly github: JsonObject;
}

/**
 * What lies in the workspace is looked at when its turn comes; so is actions/checkout, which is mostly answered
 * without it, and so are images, whose steps may never run.
 */
function isKnownBefore(uses: string): boolean {
  const reference = parseUses(uses);
  if (!reference.ok) return true;
  return reference.value.kind === 'self' || (reference.value.kind === 'remote' && !isCheckout(uses));
}

export function isCheckout(uses: string): boolean {
  return /^actions\/checkout@/i.test(uses);
}

/** A folder that the user named is used where it is; the cache belongs to all runs and is copied. */
async function copyOf(
  reference: RemoteReference,
  target: string,
  { store, signal }: JobActionsSettings,
): Promise<Result<HostPath, Failure>> {
  const fetched = await store.fetch(reference, signal);
  if (!fetched.ok) return fetched;
  if (fetched.value.sha === undefined) return ok(fetched.value.root);
  await mkdir(dirname(target), { recursive: true });
  await copyAction(fetched.value.root, hostPath(target));
  return ok(hostPath(target));
}

async function readAction(directory: HostPath): Promise<Result<Action, Failure>> {
  const manifest = await findManifest(directory);
  if (!manifest.ok) return manifest;
  const { value } = manifest;
  if (value.kind === 'dockerfile') return ok(dockerfileAction('Dockerfile'));
  const parsed = parseAction(value.text, value.path);
  if (parsed.ok) return ok(parsed.value.value);
  return fail(`${value.path} cannot be used: ${parsed.error.map(({ message }) => message).join('; ')}`);
}

function fail(message: string): Result<never, Failure> {
  return err({ code: 'action-not-found', message });
}
