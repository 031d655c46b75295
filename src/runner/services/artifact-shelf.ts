/** The artifacts of a run: what is being uploaded, what is there, and the files that hold it, each as it was uploaded. */
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { isErrno } from '../../shared/errno.ts';
import { MachineError } from '../../shared/failure.ts';
import { PRIVATE_FILE } from '../../shared/file-modes.ts';
import { ok, type Result } from '../../shared/result.ts';
import { artifactFileName, checkArtifactName } from './artifact-name.ts';
import { type FreeSpace, freeSpaceAt, Incoming, type Whole } from './incoming.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface Artifact {
  /** 1, 2, 3 … in a run; never given twice. */
  readonly id: number;
  readonly name: string;
  /** Of what is downloaded: `application/zip`, or that of the one file it is. */
  readonly mime: string;
  /** Of its file, as reports show it. */
  readonly path: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** Who uploaded it: an id of this process's, and the leg. */
  readonly job: string;
  readonly leg: string;
}

export interface ShelfSettings {
  /** The run's own folder for them, which is there. */
  readonly directory: HostPath;
  /** The same, as reports show it. */
  readonly shown: string;
  /** Of the same run, from another process. */
  readonly known: readonly Artifact[];
  /** The highest id that was given before. */
  readonly lastId: number;
  /** ISO 8601 in UTC. */
  readonly time: () => string;
  /** Takes secrets out of names of files. */
  readonly mask: (text: string) => string;
  readonly freeSpace?: FreeSpace;
}

export interface NewArtifact {
  readonly job: string;
  readonly leg: string;
  readonly name: string;
  /** Absent: a zip. */
  readonly mime?: string | undefined;
}

export interface Finalized {
  readonly job: string;
  readonly name: string;
  readonly bytes: number;
  /** What the client has sent, `sha256:` and hexadecimal digits; absent: it does not say. */
  readonly digest?: string | undefined;
}

/** On its way. */
export interface Upload extends NewArtifact {
  readonly incoming: Incoming;
}

const ZIP = 'application/zip';
const INCOMING = '.incoming';
/** GitHub's. */
const MOST_OF_A_JOB = 500;

/** What a process that was killed, or a run that is over, has left of uploads that were not whole. `directory` is that of the run's artifacts. */
export async function dropUploads(directory: HostPath): Promise<void> {
  await rm(incomingIn(directory), { recursive: true, force: true, maxRetries: 5 });
}

function incomingIn(directory: HostPath): HostPath {
  return hostPath(join(directory, INCOMING));
}

export class ArtifactShelf {
  readonly #settings: ShelfSettings;
  readonly #freeSpace: FreeSpace;
  readonly #artifacts = new Map<string, Artifact>();
  /** By the id in their addresses. */
  readonly #uploads = new Map<string, Upload>();
  /** Names whose content is being put in its place. */
  readonly #storing = new Set<string>();
  #lastId: number;
  #lastUpload = 0;

  private constructor(settings: ShelfSettings) {
    this.#settings = settings;
    this.#freeSpace = settings.freeSpace ?? freeSpaceAt;
    this.#lastId = settings.lastId;
  }

  static async open(settings: ShelfSettings): Promise<ArtifactShelf> {
    const shelf = await ArtifactShelf.ofEarlier(settings);
    await dropUploads(settings.directory);
    return shelf;
  }

  /** To read what there is of a run that is over; its folder stays as it is. */
  static async ofEarlier(settings: ShelfSettings): Promise<ArtifactShelf> {
    const shelf = new ArtifactShelf(settings);
    for (const artifact of settings.known) {
      if (await isFile(shelf.pathOf(artifact))) shelf.#artifacts.set(artifact.name, artifact);
    }
    return shelf;
  }

  get #incoming(): HostPath {
    return incomingIn(this.#settings.directory);
  }

  pathOf({ path }: Artifact): HostPath {
    // A journal can have been tampered with.
    return hostPath(join(this.#settings.directory, basename(path)));
  }

  /** Gives the id of the upload. What the job has begun of the same name is called off: it asks again. */
  async create({ job, leg, name, mime }: NewArtifact): Promise<Result<string, Refusal>> {
    const checked = checkArtifactName(name);
    if (!checked.ok) return checked;
    const begun = this.#uploadOf(name);
    const isTaken = this.#artifacts.has(name) || this.#storing.has(name);
    if (isTaken || (begun !== undefined && begun[1].job !== job))
      return refuse(409, `there is an artifact of the name ${name} in this run already`);
    if (this.#countOf(job) >= MOST_OF_A_JOB) return refuse(400, `a job has at most ${MOST_OF_A_JOB} artifacts`);
    this.#lastUpload += 1;
    const id = String(this.#lastUpload);
    const incoming = new Incoming(hostPath(join(this.#incoming, id)), this.#freeSpace);
    if (begun !== undefined) this.#uploads.delete(begun[0]);
    // Before anything is waited for: of two jobs that ask at once for a name, one gets it.
    this.#uploads.set(id, { job, leg, name, mime, incoming });
    try {
      await begun?.[1].incoming.discard();
      await this.#checkPlace();
      await mkdir(this.#incoming, { recursive: true, mode: 0o700 });
      await incoming.open();
    } catch (error) {
      this.#uploads.delete(id);
      throw error;
    }
    return ok(id);
  }

  upload(id: string): Upload | undefined {
    return this.#uploads.get(id);
  }

  async finalize({ job, name, bytes, digest }: Finalized): Promise<Result<Artifact, Refusal>> {
    const [id, upload] = this.#uploadOf(name) ?? [];
    if (id === undefined || upload?.job !== job) return refuse(404, `no upload of the artifact ${name} is under way`);
    const { whole } = upload.incoming;
    if (whole === undefined) return refuse(400, `the content of the artifact ${name} was not uploaded`);
    // Nobody else takes it from here on.
    this.#uploads.delete(id);
    try {
      if (bytes === whole.bytes && (digest === undefined || digest === `sha256:${whole.sha256}`))
        return ok(await this.#store(upload, whole));
      return refuse(
        400,
        `what came of the artifact ${name} is not what was sent: ${whole.bytes} bytes, sha256 ${whole.sha256}`,
      );
    } finally {
      await upload.incoming.discard();
    }
  }

  /** In the order in which they came. */
  list(): readonly Artifact[] {
    return [...this.#artifacts.values()];
  }

  byName(name: string): Artifact | undefined {
    return this.#artifacts.get(name);
  }

  /** What the leg had uploaded before its process was lost, when it begins anew. */
  leftBy(leg: string, name: string): Artifact | undefined {
    const artifact = this.#artifacts.get(name);
    return artifact?.leg === leg && this.#settings.known.includes(artifact) ? artifact : undefined;
  }

  byId(id: number): Artifact | undefined {
    return this.list().find((artifact) => artifact.id === id);
  }

  async remove(name: string): Promise<Result<Artifact, Refusal>> {
    const artifact = this.#artifacts.get(name);
    if (artifact === undefined) return refuse(404, `there is no artifact ${name} in this run`);
    this.#artifacts.delete(name);
    await rm(this.pathOf(artifact), { force: true });
    return ok(artifact);
  }

  /** What the job has begun to upload goes. */
  async endJob(job: string): Promise<void> {
    for (const [id, upload] of this.#uploads) if (upload.job === job) await this.#drop(id, upload);
  }

  async close(): Promise<void> {
    this.#uploads.clear();
    await dropUploads(this.#settings.directory);
  }

  #uploadOf(name: string): readonly [string, Upload] | undefined {
    return [...this.#uploads].find(([, upload]) => upload.name === name);
  }

  #countOf(job: string): number {
    return [...this.#artifacts.values(), ...this.#uploads.values()].filter((one) => one.job === job).length;
  }

  async #drop(id: string, { incoming }: Upload): Promise<void> {
    this.#uploads.delete(id);
    await incoming.discard();
  }

  async #store({ job, leg, name, mime }: Upload, { path, bytes, sha256 }: Whole): Promise<Artifact> {
    this.#lastId += 1;
    const id = this.#lastId;
    const isZip = mime === undefined || mime === ZIP;
    const createdAt = this.#settings.time();
    this.#storing.add(name);
    try {
      await this.#checkPlace();
      const file = await this.#moveIn(path, { name, id, isZip });
      const shown = `${this.#settings.shown}/${file}`;
      const artifact = { id, name, mime: mime ?? ZIP, path: shown, bytes, sha256, createdAt, job, leg };
      this.#artifacts.set(name, artifact);
      return artifact;
    } finally {
      this.#storing.delete(name);
    }
  }

  /** The artifact's file, by a name that no other has, whatever the file system holds to be the same. */
  async #moveIn(
    path: HostPath,
    { name, id, isZip }: { readonly name: string; readonly id: number; readonly isZip: boolean },
  ): Promise<string> {
    const { directory, mask } = this.#settings;
    for (const again of [undefined, id]) {
      // A single file that is a zip ends like one by itself.
      const file = artifactFileName(mask(name), isZip && !/\.zip$/i.test(name), again);
      try {
        await (await open(join(directory, file), 'wx', PRIVATE_FILE)).close();
      } catch (error) {
        if (again === undefined && isErrno(error, 'EEXIST')) continue;
        throw error;
      }
      await rename(path, join(directory, file));
      return file;
    }
    throw new Error('an artifact has no name of its own');
  }

  /** A step may have put a link in the folder's place. */
  async #checkPlace(): Promise<void> {
    const { directory } = this.#settings;
    if ((await realpath(directory)) === directory) return;
    throw new MachineError({
      code: 'unsafe-tree',
      message: `${directory} was replaced by a symlink; no artifact is kept through it`,
    });
  }
}

async function isFile(path: HostPath): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}
