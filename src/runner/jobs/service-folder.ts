/**
 * What the containers of a job have mounted to reach the services of the run: a socket, and the program that joins a
 * port in there with it. Read-only, so that nobody in there can put a socket of their own in its place.
 */
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostPath, hostPath } from '../../shared/brand.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Environment, type Mount, startForwarder } from '../environments/index.ts';
import type { JobAccess } from '../services/index.ts';

const INNER = '/__s';
const SOCKET = 'services.sock';
const PROGRAM = 'forwarder.mjs';

export interface ServiceFolder {
  readonly mount: Mount;
  /** Before a container can have it mounted. */
  make(): Promise<void>;
  /** Opens the socket, when that was not done yet; or why there can be none. */
  open(): Promise<Result<void, string>>;
  /** In a container that has it mounted: joins a port there, any where it is 0. Its number, or why there is none. */
  join(container: Environment, node: string, port: number): Promise<Result<number, string>>;
}

export interface ServiceFolderParts {
  /** The job's own directory. */
  readonly home: HostPath;
  /** The bundle of `environments/egress/forwarder-program.ts`. */
  readonly forwarder: HostPath;
  readonly access: JobAccess;
}

export function createServiceFolder({ home, forwarder, access }: ServiceFolderParts): ServiceFolder {
  const folder = hostPath(join(home, '_services'));
  const make = async (): Promise<void> => {
    await mkdir(folder, { recursive: true });
    // For whoever the image's user is.
    await chmod(folder, 0o755);
  };
  const fill = async (): Promise<Result<void, string>> => {
    if (process.platform !== 'linux')
      return err('the engine is in a machine of its own, which has no sockets of this one');
    await make();
    const program = join(folder, PROGRAM);
    await copyFile(forwarder, program);
    await chmod(program, 0o644);
    await access.listenAt(hostPath(join(folder, SOCKET)));
    return ok(undefined);
  };
  let filling: ReturnType<typeof fill> | undefined;
  return {
    mount: { host: folder, inner: INNER, readOnly: true },
    make,
    open() {
      filling ??= fill();
      return filling;
    },
    join: (container, node, port) =>
      startForwarder(container, { node, program: `${INNER}/${PROGRAM}`, socket: `${INNER}/${SOCKET}`, port }),
  };
}
