/** Where a command finds its prompt. */
import { type HostPath, hostPath } from '../shared/brand.ts';
import type { Failure } from '../shared/failure.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { invalidInput } from './inputs.ts';
import type { TaskPorts } from './ports.ts';
import type { PrepareRecord } from './record.ts';
import type { WorkTree } from './repository-port.ts';
import { pathInside } from './tree-path.ts';

export interface Prompt {
  readonly env: { readonly ORCH_PROMPT?: string };
  /** Where it is a copy. */
  readonly reads: readonly HostPath[];
}

/** Bytes. */
const LIMIT = 1024 * 1024;

/**
 * In the tree, or as a copy of the user's where the tree lacks it. Whoever looks at a change gets it as it was before:
 * the change must not be able to say how it is looked at. Fails as `input-invalid`.
 */
export async function findPrompt(
  ports: Pick<TaskPorts, 'files'>,
  tree: WorkTree,
  { prompt, change }: { readonly prompt: string | undefined; readonly change: PrepareRecord['change'] },
): Promise<Result<Prompt, Failure>> {
  if (prompt === undefined) return ok({ env: {}, reads: [] });
  const inside = pathInside(tree.path, prompt);
  if (inside === undefined) return err(invalidInput([`prompt ${JSON.stringify(prompt)} leaves the working tree`]));
  const found =
    change === undefined ? await fromTree(ports, inside) : await fromBefore(ports, tree, { prompt, change });
  if (found !== undefined) return ok(found);
  const copy = await ports.files.fromCheckout(prompt);
  return copy === undefined ? err(invalidInput([`prompt ${JSON.stringify(prompt)} is not there`])) : ok(copied(copy));
}

async function fromTree({ files }: Pick<TaskPorts, 'files'>, path: HostPath): Promise<Prompt | undefined> {
  return (await files.read(path, 1)) === undefined ? undefined : { env: { ORCH_PROMPT: path }, reads: [] };
}

async function fromBefore(
  { files }: Pick<TaskPorts, 'files'>,
  tree: WorkTree,
  { prompt, change }: { readonly prompt: string; readonly change: NonNullable<PrepareRecord['change']> },
): Promise<Prompt | undefined> {
  const read = await tree.read(change.since, prompt, LIMIT);
  if (read.kind !== 'file') return undefined;
  const copy = hostPath(`${await files.temporary('prompt')}/${prompt.slice(prompt.lastIndexOf('/') + 1)}`);
  await files.write(copy, new TextDecoder().decode(read.bytes));
  return copied(copy);
}

function copied(path: HostPath): Prompt {
  return { env: { ORCH_PROMPT: path }, reads: [hostPath(path.slice(0, path.lastIndexOf('/')))] };
}
