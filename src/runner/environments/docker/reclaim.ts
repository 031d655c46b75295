/**
 * Files that containers have left to root, in folders of this machine's user: made the user's own by a container that
 * holds nothing but orch's program, for when the one that made them is gone.
 */
import { Readable } from 'node:stream';
import type { HostPath } from '../../../shared/brand.ts';
import { emptyDraft } from './create-draft.ts';
import { type Engine, openEngine, statusOf } from './engine.ts';
import { type ExternalsSettings, prepareExternals } from './externals.ts';
import { giveBack } from './file-access.ts';
import { startJobContainer } from './job-container.ts';
import { BUILD_LABEL, type Owner } from './labels.ts';

const NOTHING = 'orch-nothing:1';
const FILES = '/files';
const NOT_FOUND = 404;

export interface Reclaim {
  readonly owner: Owner;
  readonly folder: HostPath;
  readonly externals: ExternalsSettings;
  /** The environment that names the engine. */
  readonly engine: Readonly<Record<string, string | undefined>>;
}

/** Without an engine on this machine nothing changes: whoever asked finds the files as they were. */
export async function reclaimFiles({ owner, folder, externals: settings, engine: env }: Reclaim): Promise<void> {
  if (process.getuid?.() === 0) return;
  const engine = await openEngine(env);
  // One on another machine has left no file here.
  if (!engine.ok || engine.value.remote !== undefined) return;
  await provideNothing(engine.value);
  const externals = await prepareExternals(settings);
  const options = emptyDraft();
  Object.assign(options.top, { User: '0' });
  Object.assign(options.host, { NetworkMode: 'none' });
  const container = await startJobContainer(engine.value, {
    owner,
    image: NOTHING,
    options,
    mounts: [{ host: folder, inner: FILES }],
    workdir: '/',
    externals,
    env: {},
  });
  if (!container.ok) return;
  try {
    await giveBack(container.value, externals, { folders: [FILES] });
  } finally {
    await container.value.remove();
  }
}

/** An image without a file, so that none has to be had from elsewhere. */
async function provideNothing({ docker }: Engine): Promise<void> {
  try {
    await docker.getImage(NOTHING).inspect();
  } catch (error) {
    if (statusOf(error) !== NOT_FOUND) throw error;
    const [repo = '', tag = ''] = NOTHING.split(':');
    const answer = await docker.importImage(Readable.from([EMPTY_TAR]), {
      repo,
      tag,
      changes: `LABEL ${BUILD_LABEL}=${tag}`,
    });
    answer.resume();
    await new Promise((resolve, reject) => {
      answer.once('end', resolve);
      answer.once('error', reject);
    });
  }
}

/** Two blocks of zeros. */
const EMPTY_TAR = Buffer.alloc(1024);
