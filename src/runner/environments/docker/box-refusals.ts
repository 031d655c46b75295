/** What keeps an engine, or a wish for a box, from making one that is worth its name. */
import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Failure } from '../../../shared/failure.ts';
import type { Engine } from './engine.ts';
import { readAbility } from './engine-facts.ts';
import type { Mount } from './path-map.ts';

/** Why an engine cannot keep a box to its limits; undefined where it can. */
export async function whyNoBoxes(engine: Engine): Promise<Failure | undefined> {
  const { users, withoutLimits } = await readAbility(engine);
  if (withoutLimits.length === 0) return undefined;
  return {
    code: 'setup-failed',
    message: `the container engine cannot limit ${withoutLimits.join(', ')}, so nothing would keep a sandbox to its share`,
    hint:
      users === 'same'
        ? 'the control groups of this machine are to be set up for it; `orch doctor` says what the engine has'
        : 'an engine without root needs control groups of version 2, with all of them delegated to its user',
  };
}

interface Wish {
  readonly user: { readonly uid: number };
  readonly mounts: readonly Mount[];
}

/** What would make a box none. */
export async function findUnsafe({ socketPath }: Engine, { user, mounts }: Wish): Promise<Failure | undefined> {
  if (user.uid === 0) return { code: 'setup-failed', message: 'a sandbox needs a user that is not root' };
  const socket = await resolved(socketPath);
  for (const { host } of mounts) {
    const path = await resolved(host);
    if (path === socket || socket.startsWith(path.endsWith(sep) ? path : `${path}${sep}`))
      return {
        code: 'setup-failed',
        message: `a sandbox cannot have ${host}: the engine's socket is there, by which it could leave`,
      };
  }
  return undefined;
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return path;
    throw error;
  }
}
