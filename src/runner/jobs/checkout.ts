/** `actions/checkout` of the run's own commit is answered at once: the job's working tree is that already. */
import type { StepCall, StepHandler } from '../steps/index.ts';

export interface OwnCheckout {
  /** `owner/name`. */
  readonly repository: string;
  readonly commit: string;
  readonly ref: string;
}

/** Inputs that change what lies in the working tree, and the values with which they do not. */
const NEUTRAL: Readonly<Record<string, readonly string[]>> = {
  path: ['', '.', './'],
  submodules: ['', 'false'],
  lfs: ['', 'false'],
  'sparse-checkout': [''],
  filter: [''],
  'ssh-key': [''],
};

/** `real` runs the action for anything else. */
export function checkoutHandler(own: OwnCheckout, note: (line: string) => void, real: StepHandler): StepHandler {
  return async (call) => {
    if (!isOwn(own, call)) return real(call);
    note(`${own.repository} is here already, at ${own.commit}`);
    return { outcome: 'success', outputs: { ref: own.ref, commit: own.commit } };
  };
}

function isOwn({ repository, commit, ref }: OwnCheckout, { inputs }: StepCall): boolean {
  const given = new Map(Object.entries(inputs).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  const value = (name: string): string => given.get(name) ?? '';
  const sameRepository = ['', repository.toLowerCase()].includes(value('repository').toLowerCase());
  const sameRef = ['', commit, ref].includes(value('ref'));
  return (
    sameRepository &&
    sameRef &&
    Object.entries(NEUTRAL).every(([name, values]) => values.includes(value(name).toLowerCase()))
  );
}
