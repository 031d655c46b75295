/** What a command has to itself that is to know nothing of those before it. */
import { type HostPath, hostPath } from '../shared/brand.ts';
import type { SandboxSettings } from '../shared/sandbox.ts';
import type { Files } from './ports.ts';

/** Where agents and other programs keep what they remember, unless it is below the home. */
const MEMORIES = new Set([
  'CLAUDE_CONFIG_DIR',
  'CODEX_HOME',
  'CODEX_SQLITE_HOME',
  'GEMINI_CLI_HOME',
  'OPENCODE_CONFIG',
  'OPENCODE_CONFIG_DIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
  'XDG_STATE_HOME',
]);

/** The same environment with an empty home. A sandbox has one of its own anyway. */
export async function isolateEnvironment(
  files: Pick<Files, 'temporary'>,
  env: Readonly<Record<string, string>>,
  sandbox: SandboxSettings | undefined,
): Promise<Readonly<Record<string, string>>> {
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !MEMORIES.has(name)));
  if (sandbox !== undefined) return rest;
  const home: HostPath = hostPath(await files.temporary('home'));
  return { ...rest, HOME: home };
}
