/**
 * A PID namespace around a command, where the machine allows one: when its first process ends, the kernel ends
 * everything in it. The first process is a small shell, since a command that were the first itself would be spared
 * by SIGTERM. It outlives the command until it is told, so that what the command left behind can be counted.
 */
import { accessSync, constants } from 'node:fs';
import { constants as os } from 'node:os';
import type { ProcessExit } from './process.ts';
import { which } from './program-lookup.ts';
import { askProgram } from './small-program.ts';

type Argv = readonly [string, ...string[]];

export interface Namespace {
  /** What goes before the command and its arguments. */
  readonly prefix: Argv;
  /** What goes before a shell that is to be the first process itself, and is to end with orch where that can be had. */
  readonly first: Argv;
  /** What goes before a shell that joins the namespace whose first process is `pid`. */
  readonly join: (pid: number) => Argv;
  readonly shell: string;
}

/**
 * Descriptor 3 is the line to orch: the shell's own errors and the exit code go up, its end tells the shell to go.
 * The command gets neither it nor the shell's copy of stderr.
 */
const INIT = [
  'exec 4>&2 2>&3',
  'echo ready >&3',
  '(exec 2>&4 3>&- 4>&-; exec "$@")',
  'echo "exit $?" >&3',
  'read -r _ <&3',
].join('\n');

/** Whether a fresh namespace works and has a `/proc` of its own. */
const PROBE = '[ "$$" = 1 ] && read -r pid _ </proc/self/stat && [ "$pid" = 1 ]';

const NEW_PIDS = ['--pid', '--fork', '--kill-child', '--mount-proc'];
const WAYS = [
  { make: NEW_PIDS, join: [] },
  { make: ['--user', '--map-current-user', ...NEW_PIDS], join: ['--user', '--preserve-credentials'] },
];

const SIGNALS = new Map(Object.entries(os.signals).map(([name, number]) => [number, name]));

let found: Promise<Namespace | undefined> | undefined;

/** The way this machine allows, found out once a process. */
export function findNamespace(): Promise<Namespace | undefined> {
  found ??= probe();
  return found;
}

async function probe(): Promise<Namespace | undefined> {
  if (process.platform !== 'linux') return undefined;
  const unshare = which('unshare', process.env);
  if (unshare === undefined) return undefined;
  const nsenter = which('nsenter', process.env) ?? 'nsenter';
  // What is told to a whole process group in there, such as `kill 0`, is not to reach what holds the namespace.
  const setsid = which('setsid', process.env);
  const apart = setsid === undefined ? [] : [setsid];
  const shell = findInitShell();
  for (const { make, join } of WAYS) {
    const way = [unshare, ...make] as const;
    for (const leash of leashes()) {
      const first = [...leash, ...way] as const;
      if (!(await works(first))) continue;
      const target = (pid: number): Argv => [nsenter, `--target=${pid}`, ...join, '--mount', '--pid', ...apart];
      return { prefix: [...way, shell, '-c', INIT, 'orch-init'], first: [...first, ...apart], join: target, shell };
    }
  }
  return undefined;
}

/** Ends what it starts when the process that started it ends, however that was. Not every system's has the option. */
function leashes(): readonly (readonly [] | Argv)[] {
  const setpriv = which('setpriv', process.env);
  return setpriv === undefined ? [[]] : [[setpriv, '--pdeathsig', 'KILL'], []];
}

async function works([program, ...args]: Argv): Promise<boolean> {
  const { failed } = await askProgram(program, [...args, '/bin/sh', '-c', PROBE], { timeout: 3000 });
  return !failed;
}

/** dash says apart how a command ended by a signal and one that returned 128 + n; other shells keep that to themselves. */
function findInitShell(): string {
  try {
    accessSync('/bin/dash', constants.X_OK);
    return '/bin/dash';
  } catch {
    return '/bin/sh';
  }
}

/**
 * What the shell in the namespace reported, or undefined when it did not come to that. `stopped`: orch had sent
 * SIGTERM, so that 143 is known to be that signal's.
 */
export function readReport(report: string, stopped: boolean): ProcessExit | undefined {
  const match = /^ready\n([^]*\n|)exit (\d+)\n$/.exec(report);
  if (match === null) return undefined;
  const code = Number(match[2]);
  const signal = SIGNALS.get(code - 128);
  // The shell names the signal in words (`Terminated`) before it reports.
  const told = match[1] !== '' || (stopped && signal === 'SIGTERM');
  return signal !== undefined && told ? { kind: 'signalled', signal } : { kind: 'exited', code };
}

/** How a command ended whose namespace went before it could report. `holder` is the end of what held it. */
export function explainSilence(report: string, holder: ProcessExit): ProcessExit {
  if (report === '' && holder.kind === 'exited') {
    return {
      kind: 'not-started',
      message: `the PID namespace could not be made: unshare ended with exit code ${holder.code}`,
    };
  }
  return { kind: 'signalled', signal: holder.kind === 'signalled' ? holder.signal : 'SIGKILL' };
}
