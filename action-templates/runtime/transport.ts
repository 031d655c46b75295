/** What a job has of the others: the artifacts of the run, and the results of tasks by the way that the inputs name. */
import type { GitRepository } from '../../src/runner/workspaces/index.ts';
import { type ArtifactStore, openArtifacts } from './artifacts.ts';
import { branchCarrier, bundleCarrier, readRemote } from './carriers.ts';
import type { Place } from './place.ts';
import { openResults, type TravellingResults } from './results.ts';
import { openResultsService } from './results-service.ts';

export interface Transport {
  readonly store: ArtifactStore;
  readonly results: TravellingResults;
}

interface Given {
  readonly inputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function openTransport(place: Place, repository: GitRepository, { inputs, env }: Given): Transport {
  const store = openArtifacts(openResultsService(env), place.directory);
  const remote = readRemote(inputs, env);
  const carrier =
    remote === undefined ? bundleCarrier(place, repository) : branchCarrier(place, repository, { remote });
  return { store, results: openResults(place, store, carrier, repository.head.commit) };
}
