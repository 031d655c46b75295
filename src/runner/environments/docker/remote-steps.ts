/** Commands in a container on another machine: what they need is copied there before each, and its command files come back. */
import { MachineError } from '../../../shared/failure.ts';
import { type JobEnvironment, type JobProcess, notStarted, type ProcessExit } from '../process.ts';
import type { Mount } from './path-map.ts';
import type { RemoteFiles } from './remote-files.ts';

type Steps = Pick<JobEnvironment, 'start'>;

/** `back` is the folder that orch reads after each command. */
export function startWithFiles(steps: Steps, files: RemoteFiles, back: Mount): Steps {
  return {
    start: async (request) => {
      const refused = await lossOf(files.send());
      if (refused !== undefined) return neverStarted(refused);
      const running = await steps.start(request);
      return { ...running, exit: running.exit.then((exit) => withFilesBack(exit, files, back)) };
    },
  };
}

async function withFilesBack(exit: ProcessExit, files: RemoteFiles, back: Mount): Promise<ProcessExit> {
  if (exit.kind === 'signalled' && exit.lost !== undefined) return exit;
  const lost = await lossOf(files.fetchKnown(back));
  return lost === undefined ? exit : { kind: 'signalled', signal: 'SIGKILL', lost };
}

async function lossOf(copy: Promise<void>): Promise<string | undefined> {
  try {
    await copy;
    return undefined;
  } catch (error) {
    if (error instanceof MachineError) return error.failure.message;
    throw error;
  }
}

function neverStarted(lost: string): JobProcess {
  const exit: ProcessExit = { kind: 'signalled', signal: 'SIGKILL', lost };
  return { ...notStarted(lost), exit: Promise.resolve(exit), settle: () => Promise.resolve() };
}
