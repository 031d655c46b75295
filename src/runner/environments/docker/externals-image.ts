/** The folder of `externals.ts` for an engine on another machine: an image there, which holds it and nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { MachineError } from '../../../shared/failure.ts';
import { type Engine, isThere, reasonOf } from './engine.ts';
import type { Externals } from './externals.ts';
import { BUILD_LABEL } from './labels.ts';
import { listEntries, packEntries } from './remote-files.ts';

const underWay = new WeakMap<Engine['docker'], Promise<string>>();

/** Its name. It is sent once, and stays until somebody removes it there. Throws `MachineError`. */
export function provideExternalsImage(
  engine: Engine,
  externals: Externals,
  tell: (line: string) => void,
): Promise<string> {
  const image =
    underWay.get(engine.docker) ??
    provide(engine, externals, tell).finally(() => {
      underWay.delete(engine.docker);
    });
  underWay.set(engine.docker, image);
  return image;
}

async function provide(
  { docker, remote }: Engine,
  externals: Externals,
  tell: (line: string) => void,
): Promise<string> {
  const { mounts } = externals;
  const entries = mounts.flatMap((mount) => listEntries(mount, mounts, (inner) => inner));
  const name = `orch-externals:${digestOf(entries)}`;
  try {
    if (await isThere(docker.getImage(name))) return name;
    tell(`orch's own Node is copied to the engine at ${remote}, once`);
    const [repo = '', tag = ''] = name.split(':');
    const answer = await docker.importImage(
      packEntries(entries, ({ mode }) => ({ uid: 0, gid: 0, mode })),
      { repo, tag, changes: `LABEL ${BUILD_LABEL}=${tag}` },
    );
    await ended(Readable.from(answer));
    return name;
  } catch (error) {
    const message = `orch's own Node could not be copied to the engine at ${remote}: ${reasonOf(error)}`;
    throw new MachineError({ code: 'setup-failed', message }, { cause: error });
  }
}

/** Node itself is too large to be read each time. */
const LARGE = 16 * 1024 * 1024;

/** Of what decides what the files are, here and on other machines that use the same engine. */
function digestOf(entries: ReturnType<typeof listEntries>): string {
  const parts = entries.map(({ host, place, isFolder }) => {
    const { size, mtimeMs } = statSync(host);
    if (isFolder) return [place];
    const is = size > LARGE ? mtimeMs : createHash('sha256').update(readFileSync(host)).digest('hex');
    return [place, size, is];
  });
  return createHash('sha256')
    .update(JSON.stringify([process.arch, parts]))
    .digest('hex')
    .slice(0, 32);
}

/** A line of what the engine says may be that it failed. */
async function ended(answer: Readable): Promise<void> {
  let said = '';
  for await (const chunk of answer) said = `${said}${String(chunk)}`.slice(-LONGEST_WORDS);
  const error = /"error":"([^"]*)"/.exec(said)?.[1];
  if (error !== undefined) throw new Error(error);
}

const LONGEST_WORDS = 4096;
