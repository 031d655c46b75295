/** The artifacts of the workflow run, as tasks need them: small archives with known names inside, and files to keep. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFLICT, type Fields, NOT_FOUND, Refusal, type ResultsService } from './results-service.ts';
import { readZip, writeZip } from './zip-file.ts';

export interface Artifact {
  readonly name: string;
  readonly id: number;
  /** The job that left it, as the service knows it. */
  readonly owner: string;
}

export interface ArtifactStore {
  /** The newest of each name. */
  list(): Promise<readonly Artifact[]>;
  /** What stands under these names in its archive. */
  read(artifact: Artifact, names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Replaces one of the same name, which an earlier attempt may have left. Files are absolute, below `root`. */
  upload(name: string, root: string, files: readonly string[]): Promise<void>;
}

/** The protocol of archives, the oldest that is spoken and the one that every service knows: of newer ones we need nothing. */
const VERSION = '4';

/** `temporary` holds archives while they are sent. `run`: of another run than the job's own, to be read. */
export function openArtifacts(service: ResultsService, temporary: string, run?: string): ArtifactStore {
  const of = run === undefined ? {} : { workflow_run_backend_id: run };
  const list = async (): Promise<readonly Artifact[]> => {
    const { artifacts = [] } = await service.call('ListArtifacts', of);
    return newest(Array.isArray(artifacts) ? artifacts.map(readArtifact) : []);
  };
  return {
    list,
    read: async ({ name, owner }, names) => {
      const { signed_url: url } = await service.call('GetSignedArtifactURL', {
        ...of,
        workflow_job_run_backend_id: owner,
        name,
      });
      return readZip(await service.download(String(url)), names);
    },
    upload: async (name, root, files) => {
      const earlier = (await list()).find((artifact) => artifact.name === name);
      if (earlier !== undefined) await remove(service, earlier);
      const folder = await mkdtemp(join(temporary, 'upload-'));
      try {
        const archive = join(folder, 'artifact.zip');
        await writeZip(archive, root, files);
        await service.upload(await begin(service, name), archive);
        await finalize(service, name, archive).catch(async (error: unknown) => {
          // It may have been done by an attempt whose answer was lost.
          const isThere = (await list()).some(({ name: of, id }) => of === name && id !== earlier?.id);
          if (!(error instanceof Refusal && isThere)) throw error;
        });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** As that of the job that left it: in another attempt of the run that is another than this one. */
async function remove(service: ResultsService, { name, owner }: Artifact): Promise<void> {
  try {
    await service.call('DeleteArtifact', { name, workflow_job_run_backend_id: owner });
  } catch (error) {
    // Gone since, or by an attempt whose answer was lost.
    if (!(error instanceof Refusal && error.status === NOT_FOUND)) throw error;
  }
}

function readArtifact(fields: Fields): Artifact {
  return {
    name: String(fields['name']),
    id: Number(fields['database_id']),
    owner: String(fields['workflow_job_run_backend_id']),
  };
}

/** An attempt that was run again may have left one of the same name. */
function newest(artifacts: readonly Artifact[]): readonly Artifact[] {
  const byName = new Map<string, Artifact>();
  for (const artifact of artifacts.toSorted((a, b) => a.id - b.id)) byName.set(artifact.name, artifact);
  return [...byName.values()];
}

/** Where it is to be sent. */
async function begin(service: ResultsService, name: string): Promise<string> {
  const create = async (): Promise<string> => {
    const { signed_upload_url: url } = await service.call('CreateArtifact', { name, version: VERSION });
    return String(url);
  };
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof Refusal && error.status === CONFLICT)) throw error;
    // Begun by an attempt whose answer was lost: what is there of it makes way.
    await service.call('DeleteArtifact', { name });
    return create();
  }
}

async function finalize(service: ResultsService, name: string, archive: string): Promise<void> {
  const { size } = await stat(archive);
  await service.call('FinalizeArtifact', { name, size: String(size), hash: `sha256:${await hashOf(archive)}` });
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
