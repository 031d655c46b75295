/** Loads the workflows that others call: of this repository from its files, of others through the store of actions. */
import { type ActionStore, readFileBelow, readWorkflow } from '../../runner/actions/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { err, ok } from '../../shared/result.ts';
import type { LoadWorkflow } from '../../workflow/calls/index.ts';

export interface CalleeSources {
  readonly root: HostPath;
  readonly actions: ActionStore;
  readonly signal: AbortSignal;
}

/** Only files of this repository: what others have is out of reach. */
export function loadOwnCallee(root: HostPath): LoadWorkflow {
  return async (origin) => {
    if (origin.repository !== undefined) return ok(undefined);
    const { path } = origin;
    const read = await readFileBelow(root, path);
    if (!read.ok) return err(read.error);
    if (read.value === undefined)
      return err({ message: `error parsing called workflow: workflow was not found: ${path}` });
    return ok({ text: read.value, file: path, origin });
  };
}

export function loadCallee({ root, actions, signal }: CalleeSources): LoadWorkflow {
  const loadOwn = loadOwnCallee(root);
  return async (origin) => {
    const { repository, ref = '', sha: pinned, path } = origin;
    if (repository === undefined) return loadOwn(origin);
    const [owner = '', name = ''] = repository.split('/');
    const reference = { kind: 'remote', owner, repository: name, path, ref: pinned ?? ref } as const;
    const fetched = await actions.fetch(reference, signal);
    if (!fetched.ok) return err(fetched.error);
    const text = await readWorkflow(fetched.value.root, reference);
    if (!text.ok) return err(text.error);
    const { sha, name: fullRef } = fetched.value;
    const at = { ...(sha === undefined ? {} : { sha }), ...(fullRef === undefined ? {} : { name: fullRef }) };
    return ok({ text: text.value, file: `${repository}/${path}@${ref}`, origin: { ...origin, ...at } });
  };
}
