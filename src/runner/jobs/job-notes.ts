/** What the log of a workflow's job begins with: what its token may do, and what GitHub would do that is not done here. */
import type { JobRequest } from '../../engine/index.ts';
import { isJsonObject, type Json } from '../../workflow/index.ts';

export interface NotesSource {
  readonly contexts: { readonly github: Json };
}

export function jobNotes({ leg, permissions, begunBefore }: JobRequest, { contexts }: NotesSource): readonly string[] {
  const notes: string[] = [];
  if (begunBefore === true) notes.push('[orch] the process that ran this job is gone: it begins anew');
  if (permissions !== undefined) {
    const granted = Object.entries(permissions).filter(([, level]) => level !== 'none');
    notes.push('##[group]GITHUB_TOKEN Permissions');
    // Metadata can be read by every token.
    for (const [scope, level] of [...granted, ['metadata', 'read']]) notes.push(`${scope}: ${level}`);
    notes.push('##[endgroup]');
    if (granted.length > 0 && !hasToken(contexts.github))
      notes.push('[orch] there is no token: --secret GITHUB_TOKEN gives one, which can do what it was made for');
    if (permissions['id-token'] === 'write')
      notes.push('[orch] nobody here issues id tokens: an action that asks for one fails');
  }
  if (leg.environment !== undefined)
    notes.push(`[orch] environment ${leg.environment.name}: its protection rules are not applied here`);
  return notes;
}

function hasToken(github: Json): boolean {
  return isJsonObject(github) && typeof github['token'] === 'string' && github['token'] !== '';
}
