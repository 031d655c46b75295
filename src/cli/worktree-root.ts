/** Where the default orchestrator.yaml wants the worktrees. */
import { join } from 'node:path';
import { loadConfig } from '../orchestrator/index.ts';
import type { GitRepository } from '../runner/workspaces/index.ts';
import { DEFAULT_CONFIG } from '../shared/default-config.ts';

/** Undefined when it does not say, is not there, or is wrong, which `orch validate` tells. */
export function loadWorktreeRoot({ root }: GitRepository): string | undefined {
  const { result } = loadConfig({ file: join(root, DEFAULT_CONFIG), root });
  return result.ok ? result.value.worktrees.root : undefined;
}
