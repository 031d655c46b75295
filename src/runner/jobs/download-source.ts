/**
 * Of which run `actions/download-artifact` wants the artifacts. With a token it asks GitHub, which knows no run of this
 * machine, and with an empty one it takes those of its own run whatever it was told; runs that are here are read here.
 */
import { foldCase, type Json } from '../../workflow/index.ts';
import type { JobAccess } from '../services/index.ts';
import type { StepServices, StepUse } from '../steps/index.ts';

/** The action reads by its own token then. */
const NOT_OF_GITHUB = { inputs: { 'github-token': '' } };

/** What the step is told besides or in place of what all are. */
export async function readElsewhere(
  access: Pick<JobAccess, 'reader'>,
  { github, given }: StepUse,
): Promise<Pick<StepServices, 'runtimeToken' | 'inputs'>> {
  const inputs = new Map(Object.entries(given).map(([name, value]) => [foldCase(name), value.trim()]));
  const input = (name: string): string | undefined => inputs.get(foldCase(name));
  const token = input('github-token');
  // Without the input it asks nobody but this run, as on GitHub.
  if (!isSame(github['action_repository'], 'actions/download-artifact') || token === undefined) return {};
  const isHere = isSame(github['repository'], input('repository') ?? github['repository']);
  const run = input('run-id') ?? github['run_id'];
  if (isHere && run === github['run_id']) return NOT_OF_GITHUB;
  const { isThere, token: reader } = await access.reader(isHere && typeof run === 'string' ? run : '');
  // With an empty token the reader of no run is refused, and the step fails instead of taking what is at hand.
  return isThere || token === '' ? { ...NOT_OF_GITHUB, runtimeToken: reader } : {};
}

function isSame(one: Json | undefined, other: Json | undefined): boolean {
  return typeof one === 'string' && typeof other === 'string' && foldCase(one) === foldCase(other);
}
