/** Git against a server: what failed on the way is tried again, what the server says is final. */
import { setTimeout as delay } from 'node:timers/promises';
import { MachineError } from '../../shared/failure.ts';
import type { Result } from '../../shared/result.ts';
import { type GitCall, type GitFault, runGit } from './git.ts';

/** Milliseconds before the second and the third try. */
const PAUSES: readonly number[] = [1000, 3000];

const ON_THE_WAY =
  /connection (reset|closed|timed out)|operation timed out|early eof|rpc failed|unexpected disconnect|hung up unexpectedly|empty reply|ssl_error_syscall|gnutls_handshake|returned error: (408|429|5\d\d)/i;

/** Whether another try may go better. No route and no such host mostly mean that there is no network at all. */
export function isPassing({ stderr }: GitFault): boolean {
  return ON_THE_WAY.test(stderr);
}

export async function runNetworkGit(
  args: readonly string[],
  call: Omit<GitCall, 'network'>,
): Promise<Result<string, GitFault>> {
  for (const pause of PAUSES) {
    const result = await runGit(args, { ...call, network: true });
    if (result.ok || !isPassing(result.error)) return result;
    await waitFor(pause, call.signal);
  }
  return runGit(args, { ...call, network: true });
}

async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new MachineError({ code: 'cancelled', message: 'fetching an action was cancelled' }, { cause: error });
  }
}
