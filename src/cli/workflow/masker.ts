/** What takes the secrets of a workflow run out of texts. */
import { createMasker, type Masker } from '../../shared/mask.ts';

/** As GitHub does, however short they are. */
export function workflowMasker(secrets: Readonly<Record<string, string>>): Masker {
  return createMasker(Object.values(secrets), { shortest: 1 });
}
