/**
 * The services of a run, as its jobs come and go. Nothing is opened before the first action that could ask for
 * something: most runs have none.
 */
import { randomUUID } from 'node:crypto';
import { ArtifactShelf, type ShelfSettings } from './artifact-shelf.ts';
import { createPasses, type Passes } from './passes.ts';
import type { Listening, ServiceClient } from './server.ts';

export interface RunServicesSettings extends ShelfSettings {
  readonly run: string;
  /** What another run of this repository has left, once it is over: its folder, and its artifacts. */
  readonly findRun?: (
    run: string,
  ) => Promise<Pick<ShelfSettings, 'directory' | 'shown' | 'known' | 'lastId'> | undefined>;
  /** Told of every token. */
  readonly onToken: (token: string) => void;
}

export interface RunServices {
  openJob(client: ServiceClient): JobAccess;
  /** What was uploaded stays; what was on its way goes. Throws what went wrong in the services themselves. */
  close(): Promise<void>;
}

/** One job's way to the services. */
export interface JobAccess {
  /** Opens them when nobody has yet. `origin` is that on this machine. */
  enter(): Promise<{ readonly origin: string; readonly token: string }>;
  /** A token for the artifacts of another run of this repository, and whether there is such a run that is over. */
  reader(of: string): Promise<{ readonly token: string; readonly isThere: boolean }>;
  /** The token is none from here on, and uploads that are not whole go. */
  close(): Promise<void>;
}

interface Opened {
  readonly listening: Listening;
  readonly shelf: ArtifactShelf;
}

/** No run has this id. */
const NO_RUN = 'none';

export function createRunServices(settings: RunServicesSettings): RunServices {
  const { run } = settings;
  const passes = createPasses();
  const clients = new Map<string, ServiceClient>();
  let opening: Promise<Opened> | undefined;
  const open = async (): Promise<Opened> => {
    const { startServices } = await import('./server.ts');
    const shelf = await ArtifactShelf.open(settings);
    const ofRun = async (of: string): Promise<ArtifactShelf | undefined> => {
      const found = await settings.findRun?.(of);
      return found && ArtifactShelf.ofEarlier({ ...settings, ...found });
    };
    return {
      shelf,
      listening: await startServices({ run, shelf, ofRun, passes, clientOf: (job) => clients.get(job) }),
    };
  };
  const opened = (): Promise<Opened> => {
    if (opening === undefined) {
      opening = open();
      // Whoever comes next tries again.
      opening.catch(() => {
        opening = undefined;
      });
    }
    return opening;
  };
  return {
    openJob: (client) => openJob({ settings, passes, clients, opened }, client),
    async close() {
      if (opening === undefined) return;
      const { listening, shelf } = await opening;
      try {
        await listening.close();
      } finally {
        await shelf.close();
      }
    },
  };
}

interface Parts {
  readonly settings: RunServicesSettings;
  readonly passes: Passes;
  /** By job, while it is on. */
  readonly clients: Map<string, ServiceClient>;
  readonly opened: () => Promise<Opened>;
}

function openJob({ settings, passes, clients, opened }: Parts, client: ServiceClient): JobAccess {
  const job = randomUUID();
  let token: string | undefined;
  const issue = (run: string): string => {
    const issued = passes.tokenOf({ run, job });
    settings.onToken(issued);
    return issued;
  };
  return {
    async enter() {
      const { listening } = await opened();
      token ??= issue(settings.run);
      clients.set(job, client);
      return { origin: listening.origin, token };
    },
    async reader(of) {
      const isThere = (await settings.findRun?.(of)) !== undefined;
      return { token: issue(isThere ? of : NO_RUN), isThere };
    },
    async close() {
      clients.delete(job);
      if (token !== undefined) await (await opened()).shelf.endJob(job);
    },
  };
}
