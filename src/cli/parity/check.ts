/** One of the things that `orch parity` looks at, as a line and what is behind it. */
import type { Diagnostic } from '../../shared/diagnostic.ts';
import type { Check } from '../../ui/index.ts';

export interface ParityCheck extends Check {
  readonly name: 'files' | 'workflow' | 'runs' | 'act' | 'github';
  readonly diagnostics: readonly Diagnostic[];
}
