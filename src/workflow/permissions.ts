/** What a token may do: GitHub's scopes and levels, and whether a called workflow asks for more than it may have. */
import type { Node } from './model.ts';
import { entriesOf, keyText, scalarOf } from './nodes.ts';

export type PermissionLevel = 'none' | 'read' | 'write';

/** Every scope, with the levels that it knows beside `none`. */
const SCOPES = {
  actions: ['read', 'write'],
  'artifact-metadata': ['read', 'write'],
  attestations: ['read', 'write'],
  checks: ['read', 'write'],
  'code-quality': ['read', 'write'],
  contents: ['read', 'write'],
  'copilot-requests': ['write'],
  deployments: ['read', 'write'],
  discussions: ['read', 'write'],
  drives: ['read', 'write'],
  'id-token': ['write'],
  issues: ['read', 'write'],
  models: ['read'],
  packages: ['read', 'write'],
  pages: ['read', 'write'],
  'pull-requests': ['read', 'write'],
  'repository-projects': ['read', 'write'],
  'security-events': ['read', 'write'],
  statuses: ['read', 'write'],
  'vulnerability-alerts': ['read'],
} as const satisfies Readonly<Record<string, readonly PermissionLevel[]>>;

export type PermissionScope = keyof typeof SCOPES;
export type Permissions = Readonly<Record<PermissionScope, PermissionLevel>>;

const RANK: Readonly<Record<PermissionLevel, number>> = { none: 0, read: 1, write: 2 };

/** Undefined when nothing is said, so that the caller's or the repository's hold. A mapping leaves the unnamed at none. */
export function readPermissions(node: Node | undefined): Permissions | undefined {
  if (node === undefined) return undefined;
  const whole = scalarOf(node)?.value;
  if (whole === 'read-all') return fill((levels) => (levels.includes('read') ? 'read' : 'none'));
  if (whole === 'write-all') return fill((levels) => levels.at(-1) ?? 'none');
  const named = new Map(entriesOf(node).map(({ key, value }) => [keyText(key), scalarOf(value)?.value]));
  return fill((_, scope) => {
    const level = named.get(scope);
    return level === 'read' || level === 'write' ? level : 'none';
  });
}

function fill(level: (levels: readonly PermissionLevel[], scope: string) => PermissionLevel): Permissions {
  return Object.fromEntries(
    Object.entries(SCOPES).map(([scope, levels]) => [scope, level(levels, scope)]),
  ) as Permissions;
}

export interface ExceededPermission {
  readonly scope: PermissionScope;
  readonly requested: PermissionLevel;
  readonly allowed: PermissionLevel;
}

/** The scopes of which more is requested than allowed. */
export function exceededPermissions(requested: Permissions, allowed: Permissions): readonly ExceededPermission[] {
  return (Object.keys(SCOPES) as PermissionScope[])
    .filter((scope) => RANK[requested[scope]] > RANK[allowed[scope]])
    .map((scope) => ({ scope, requested: requested[scope], allowed: allowed[scope] }));
}

/** `contents: write, issues: read`. */
export function describePermissions(exceeded: readonly ExceededPermission[], which: 'requested' | 'allowed'): string {
  return exceeded.map((permission) => `${permission.scope}: ${permission[which]}`).join(', ');
}
