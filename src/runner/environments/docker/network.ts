/** The network of a job: its containers find each other in it by their names, and nobody else's. */
import type { Failure } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type Engine, reasonOf } from './engine.ts';
import { labelsOf, nameOf, type Owner } from './labels.ts';
import { gone, sweepAbandoned } from './sweep.ts';

export interface JobNetwork {
  readonly name: string;
  remove(): Promise<void>;
}

export async function openNetwork(engine: Engine, owner: Owner): Promise<Result<JobNetwork, Failure>> {
  const name = nameOf(owner, 'network');
  try {
    const options = { Name: name, Driver: 'bridge', Labels: { ...labelsOf(owner) } };
    const [network] = await Promise.all([engine.docker.createNetwork(options), sweepAbandoned(engine)]);
    return ok({ name, remove: () => gone(() => network.remove()) });
  } catch (error) {
    return err({ code: 'setup-failed', message: `the job's network could not be made: ${reasonOf(error)}` });
  }
}
