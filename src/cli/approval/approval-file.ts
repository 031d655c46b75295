/** The text of `migration/approval.md`: who approved what, for people and for whoever reads the branch later. */
import type { Approval } from '../../store/index.ts';

export function approvalText({ run, commit, proposal, by, at, note }: Omit<Approval, 'approved'>): string {
  // JSON is YAML, and whatever somebody is called stays one value in it.
  const fields = [
    ['approved_by', by],
    ['approved_at', at],
    ['run', run],
    ['commit', commit],
    ['proposal_sha256', proposal],
    ...(note === undefined ? [] : [['note', note]]),
  ];
  return [
    '---',
    ...fields.map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    '---',
    '',
    '# Approval',
    '',
    'Written by `orch approve migration`. What orch goes by is its own record of it, not this file.',
    '',
  ].join('\n');
}
