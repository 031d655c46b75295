/** Starts the forwarder in a container: what connects to a port there is joined with a socket that is mounted into it. */
import { hostPath } from '../../../shared/brand.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Environment } from '../process.ts';

/** Paths are the container's. */
export interface ForwarderStart {
  readonly node: string;
  /** The bundle of `egress/forwarder-program.ts`. */
  readonly program: string;
  readonly socket: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** The port, when it listens; else what the program said. It runs for as long as the container. */
export async function startForwarder(
  container: Environment,
  { node, program, socket, port }: ForwarderStart,
): Promise<Result<number, string>> {
  let said = '';
  let tell: (port: number | undefined) => void = () => undefined;
  const ready = new Promise<number | undefined>((resolve) => {
    tell = resolve;
  });
  const forwarder = await container.start({
    argv: [node, program, socket, String(port)],
    cwd: hostPath('/'),
    env: {},
    onOutput: (chunk) => {
      if (said.length > LONGEST_WORDS) return;
      said += String(chunk);
      const found = /^ready (\d+)\n/m.exec(said)?.[1];
      if (found !== undefined) tell(Number(found));
    },
  });
  void forwarder.exit.then((exit) => {
    if (exit.kind === 'not-started') said += exit.message;
    tell(undefined);
  });
  const found = await ready;
  return found === undefined ? err(said.trim()) : ok(found);
}

const LONGEST_WORDS = 4096;
