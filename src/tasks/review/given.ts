/** What a reviewer is given, by its digests, taken before its command begins: afterwards it could be anything. */
import { hostPath } from '../../shared/brand.ts';
import { HANDOFF } from '../../shared/handoff.ts';
import type { TaskPorts } from '../ports.ts';
import type { WorkTree } from '../repository-port.ts';

/** SHA-256 in hex, by name: `diff`, `handoff`, `prompt`. */
export type Given = Readonly<Record<string, string>>;

export interface GivingRequest {
  readonly files: TaskPorts['files'];
  readonly tree: Pick<WorkTree, 'read' | 'digest'>;
  /** The commit that the reviewer's tree begins with. */
  readonly start: string;
  /** The commit before the change that is reviewed; the start's own parent is not asked for. */
  readonly since: string | undefined;
  /** Where the command finds its prompt. */
  readonly prompt: string | undefined;
}

/** Bytes. As much as a prompt may have. */
const LIMIT = 16 * 1024 * 1024;

/** What is not there is not in it. */
export async function findGiven({ files, tree, start, since, prompt }: GivingRequest): Promise<Given> {
  const handoff = await tree.read(start, HANDOFF.path, LIMIT);
  const words = prompt === undefined ? undefined : await files.read(hostPath(prompt), LIMIT);
  return {
    ...(since !== undefined && { diff: await tree.digest(since, start) }),
    ...(handoff.kind === 'file' && { handoff: await sha256(handoff.bytes) }),
    ...(words !== undefined && { prompt: await sha256(new TextEncoder().encode(words)) }),
  };
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
