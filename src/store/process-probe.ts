/** Who a process is beyond its number, which is used again: when it began, in which boot of which machine. */

import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errnoOf } from '../shared/errno.ts';

export interface ProcessProbe {
  readonly host: string;
  /** The same until the machine is restarted; empty where the system does not tell. */
  readonly boot: string;
  /** Process numbers mean the same only within one such namespace; empty where there are none. */
  readonly namespace: string;
  /** `gone`, or when the process began as the system writes it; empty when it is there but does not tell. */
  startOf(pid: number): { readonly gone: true } | { readonly gone: false; readonly start: string };
}

/** How a probe asks the system; the text of a file, of a link, or of a command's output, undefined when refused. */
export interface SystemCalls {
  readonly read: (path: string) => string | undefined;
  readonly link: (path: string) => string | undefined;
  readonly command: (file: string, args: readonly string[]) => string | undefined;
  readonly exists: (pid: number) => boolean;
}

export function probeProcesses(platform: NodeJS.Platform = process.platform, system: SystemCalls = REAL): ProcessProbe {
  const linux = platform === 'linux';
  return {
    host: hostname(),
    boot: (linux ? system.read('/proc/sys/kernel/random/boot_id') : bootOfMac(system))?.trim() ?? '',
    namespace: linux ? (system.link('/proc/self/ns/pid') ?? '') : '',
    startOf: (pid) => {
      if (!system.exists(pid)) return { gone: true };
      return linux ? startOnLinux(pid, system) : startByPs(pid, system);
    },
  };
}

/** kern.boottime moves when the clock is set; the session id does not, so it comes first. */
function bootOfMac(system: SystemCalls): string | undefined {
  const session = system.command('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'])?.trim();
  if (session !== undefined && session !== '') return session;
  return system.command('/usr/sbin/sysctl', ['-n', 'kern.boottime']);
}

/** proc(5): field 22 is the start in ticks since boot. Field 2, the name, may hold spaces and brackets. */
function startOnLinux(pid: number, system: SystemCalls): ReturnType<ProcessProbe['startOf']> {
  const stat = system.read(`/proc/${pid}/stat`);
  if (stat === undefined) return { gone: false, start: '' };
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked yet.
  if (fields[0] === 'Z' || fields[0] === 'X') return { gone: true };
  return { gone: false, start: fields[19] ?? '' };
}

function startByPs(pid: number, system: SystemCalls): ReturnType<ProcessProbe['startOf']> {
  const started = system.command('/bin/ps', ['-o', 'lstart=', '-p', String(pid)]);
  return { gone: false, start: started?.trim().replace(/\s+/g, ' ') ?? '' };
}

const REAL: SystemCalls = {
  read: (path) => attempt(() => readFileSync(path, 'utf8')),
  link: (path) => attempt(() => readlinkSync(path)),
  // The words of ps depend on language and time zone, and two runs may differ in both.
  command: (file, args) =>
    attempt(() =>
      execFileSync(file, args, {
        encoding: 'utf8',
        env: { LC_ALL: 'C', TZ: 'UTC' },
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ),
  exists: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (cause) {
      // EPERM: it is there and belongs to somebody else.
      return errnoOf(cause) !== 'ESRCH';
    }
  },
};

/** Undefined when the system refuses: then the answer is unknown, which callers must expect anyway. */
function attempt(ask: () => string): string | undefined {
  try {
    return ask();
  } catch (cause) {
    if (cause instanceof Error) return undefined;
    throw cause;
  }
}
