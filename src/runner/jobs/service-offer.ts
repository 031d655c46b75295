/** What a job's actions are told of the services of the run, and what the run is told of what they do there. */
import type { RunnerEvent } from '../../engine/index.ts';
import type { JobAccess, RunServices } from '../services/index.ts';
import type { StepKind, StepServices, StepUse } from '../steps/index.ts';
import { readElsewhere } from './download-source.ts';
import type { JobContainers } from './job-containers.ts';

export interface ServiceOffer {
  /** Opens the services for the first action of the job; a script has none. */
  of(kind: StepKind, use: StepUse): Promise<StepServices>;
  close(): Promise<void>;
}

export interface OfferSettings {
  readonly access: JobAccess;
  readonly containers: Pick<JobContainers, 'reach'>;
  /** A line of orch's own in the job's log. */
  readonly note: (line: string) => void;
}

export interface AccessSettings {
  readonly services: RunServices;
  readonly owner: { readonly job: string; readonly leg: string };
  readonly emit: (event: RunnerEvent) => void;
  readonly note: (line: string) => void;
}

/** What the job does there becomes events of the run. */
export function openAccess({ services, owner, emit, note }: AccessSettings): JobAccess {
  return services.openJob({
    leg: owner.leg,
    onStored: ({ id, name, path, bytes, sha256, mime }) =>
      emit({ type: 'artifact.stored', ...owner, id, name, path, bytes, sha256, mime }),
    onDeleted: ({ id, name }) => emit({ type: 'artifact.deleted', ...owner, id, name }),
    onTrouble: note,
  });
}

export function offerServices({ access, containers, note }: OfferSettings): ServiceOffer {
  let offered: Promise<StepServices> | undefined;
  return {
    of: async (kind, use) => {
      if (kind === 'run') return {};
      offered ??= open(access, containers, note);
      const services = await offered;
      return services.runtimeToken === undefined ? services : { ...services, ...(await readElsewhere(access, use)) };
    },
    close: () => access.close(),
  };
}

/** An action that needs none of it works all the same where it cannot be had. */
async function open(
  access: JobAccess,
  containers: OfferSettings['containers'],
  note: OfferSettings['note'],
): Promise<StepServices> {
  const { origin, token } = await access.enter();
  const inside = await containers.reach();
  if (inside?.ok === false) {
    note(`the container does not reach the artifacts of the run: ${inside.error}`);
    return {};
  }
  const url = `${inside?.value ?? origin}/`;
  return { runtimeUrl: url, resultsUrl: url, runtimeToken: token };
}
