/** Processes as the system shows them: who belongs to a test, and what they cost. Linux alone tells; elsewhere nobody is seen. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from './wait.ts';

export interface SeenProcess {
  readonly pid: number;
  readonly command: string;
}

/** Living processes whose environment holds `text`. */
export function processesWith(text: string): readonly SeenProcess[] {
  return livingProcesses().filter(({ pid }) => readProc(pid, 'environ').includes(text));
}

/** Living processes whose command line holds `text`. */
export function processesNamed(text: string): readonly SeenProcess[] {
  return livingProcesses().filter(({ command }) => command.includes(text));
}

export function isAlive(pid: number): boolean {
  return livingProcesses().some((seen) => seen.pid === pid);
}

/** The most memory that a process has held so far, in bytes. */
export function peakMemory(pid: number): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(pid, 'status'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** Ends what carries `mark` in its environment, and tells what that was. What is ending by itself is given a moment. */
export async function endLeftProcesses(mark: string): Promise<readonly string[]> {
  for (let tries = 0; tries < 40 && processesWith(mark).length > 0; tries++) await delay(50);
  const left = processesWith(mark);
  for (const { pid } of left) signal(pid, 'SIGKILL');
  await waitUntil('the processes are gone', () => processesWith(mark).length === 0);
  return left.map(({ pid, command }) => `${pid} ${command}`);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function livingProcesses(): readonly SeenProcess[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => ({ pid: Number(name), command: readProc(Number(name), 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter(({ pid }) => !/^State:\s+[ZX]/m.test(readProc(pid, 'status')) && readProc(pid, 'status') !== '');
}

/** Empty for a process that is gone or belongs to somebody else. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
