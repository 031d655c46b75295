/**
 * What a container on another machine has in place of this one's folders: volumes there, filled and read by way of a
 * container that has them too and is never started. So they are there also when the other has gone.
 */
import { lstatSync } from 'node:fs';
import { posix } from 'node:path';
import type { Container, MountSettings } from 'dockerode';
import { hostPath } from '../../../shared/brand.ts';
import { type Failure, MachineError } from '../../../shared/failure.ts';
import { type Engine, reasonOf } from './engine.ts';
import type { Externals } from './externals.ts';
import { provideExternalsImage } from './externals-image.ts';
import { closeInTurn } from './in-turn.ts';
import { FILES_LABEL, labelsOf, nameOf, type Owner } from './labels.ts';
import type { Mount } from './path-map.ts';
import { type CopiedMounts, createRemoteFiles, type RemoteFiles } from './remote-files.ts';
import { gone, volumeGone } from './sweep.ts';

export interface Carrier {
  /** For the container: those that were asked for, with their volumes. */
  readonly mounts: readonly Mount[];
  readonly externals: Externals;
  /** What of them is copied when. */
  files(copied: CopiedMounts): RemoteFiles;
  /** When the container is gone. */
  close(): Promise<void>;
}

export interface CarrierRequest {
  readonly owner: Owner;
  /** Those that have a volume already are somebody else's to fill. */
  readonly mounts: readonly Mount[];
  readonly externals: Externals;
  readonly tell: (line: string) => void;
}

interface Volume {
  readonly name: string;
  /** In the carrier. */
  readonly place: string;
}

/** A folder of orch's own, which has no other files in any image. */
const OWN = '/__o';

/** Throws `MachineError`. */
export async function openCarrier(engine: Engine, request: CarrierRequest): Promise<Carrier> {
  const { owner, externals } = request;
  const folders = request.mounts.filter(({ volume, host }) => volume === undefined && isFolder(host));
  const files = request.mounts.filter(({ volume, host }) => volume === undefined && !isFolder(host));
  const volumes = new Map<string, Volume>();
  for (const { host } of folders)
    if (!volumes.has(host))
      volumes.set(host, { name: nameOf(owner, `files ${volumes.size}`), place: `/v/${volumes.size}` });
  const places = folders.flatMap(({ host, inner }) => {
    const volume = volumes.get(host);
    return volume === undefined ? [] : [{ inner, volume }];
  });
  for (const { inner } of files) {
    if (places.some((one) => inner.startsWith(`${one.inner}/`))) continue;
    if (posix.dirname(inner) !== OWN) throw new MachineError(noPlace(inner, engine));
    places.push({ inner: OWN, volume: { name: nameOf(owner, 'files own'), place: '/v/own' } });
  }
  const own: Volume = { name: nameOf(owner, 'externals'), place: externals.root };
  const all = [...new Set([own, ...places.map(({ volume }) => volume)])];
  const dropVolumes = async (): Promise<void> => {
    await Promise.all(all.map(({ name }) => volumeGone(engine.docker.getVolume(name))));
  };
  let container: Container;
  try {
    container = await create(engine, request, all);
  } catch (error) {
    // Some of them may have been made.
    await closeInTurn(() => Promise.reject(error), dropVolumes);
    throw error;
  }
  return {
    mounts: [
      ...request.mounts.flatMap((mount) => {
        if (mount.volume !== undefined) return [mount];
        const volume = volumes.get(mount.host)?.name;
        return volume === undefined ? [] : [{ ...mount, volume }];
      }),
      ...places.filter(({ inner }) => inner === OWN).map(({ inner, volume }) => bare(inner, volume)),
    ],
    externals: { ...externals, mounts: [{ ...bare(externals.root, own), readOnly: true }] },
    files: (copied) => createRemoteFiles({ ...copied, container, placeOf: (inner) => placeIn(places, inner) }),
    close: () => closeInTurn(() => gone(() => container.remove({ force: true, v: true })), dropVolumes),
  };
}

function isFolder(host: string): boolean {
  return lstatSync(host, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** It has no folder of this machine, and belongs to root. */
function bare(inner: string, { name }: Volume): Mount {
  return { host: hostPath(inner), inner, volume: name };
}

/** The innermost counts. */
function placeIn(places: readonly { readonly inner: string; readonly volume: Volume }[], inner: string): string {
  const around = places
    .filter((one) => inner === one.inner || inner.startsWith(`${one.inner}/`))
    .toSorted((a, b) => b.inner.length - a.inner.length)[0];
  if (around === undefined) throw new Error(`${inner} lies in none of the container's folders`);
  return around.volume.place + inner.slice(around.inner.length);
}

async function create(
  engine: Engine,
  { owner, externals, tell }: CarrierRequest,
  volumes: readonly Volume[],
): Promise<Container> {
  const image = await provideExternalsImage(engine, externals, tell);
  const Labels = { ...labelsOf(owner), [FILES_LABEL]: '' };
  const mounts = volumes.map(
    ({ name, place }): MountSettings => ({
      Type: 'volume',
      Source: name,
      Target: place,
      ReadOnly: false,
      // What the image has there goes into the volume: orch's own program.
      VolumeOptions: { NoCopy: false, Labels, DriverConfig: { Name: '', Options: {} } },
    }),
  );
  try {
    return await engine.docker.createContainer({
      name: nameOf(owner, 'files'),
      Image: image,
      // It is never started.
      Cmd: ['none'],
      Labels,
      HostConfig: { Mounts: mounts, NetworkMode: 'none' },
    });
  } catch (error) {
    const message = `the engine at ${engine.remote} makes no place for files: ${reasonOf(error)}`;
    throw new MachineError({ code: 'setup-failed', message }, { cause: error });
  }
}

function noPlace(inner: string, { remote }: Engine): Failure {
  return {
    code: 'setup-failed',
    message: `nothing can be at ${inner}: the engine at ${remote} is on another machine, where a file alone cannot be mounted`,
    hint: 'mount the folder that it is in, or give it a place below the home of the sandbox',
  };
}
