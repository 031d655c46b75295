/** The process table where there is no `/proc`: read from `ps`. */
import { MachineError } from '../../shared/failure.ts';
import type { ProcessRow } from './process-row.ts';
import { askProgram } from './small-program.ts';

const COLUMNS = ['pid', 'ppid', 'pgid', 'state', 'time', 'lstart'];

/** One row a process. Time spent by ended children is not told. Throws `MachineError` where `ps` does not work. */
export async function readPsTable(): Promise<readonly ProcessRow[]> {
  const args = ['-A', ...COLUMNS.flatMap((column) => ['-o', `${column}=`])];
  // The C locale, for the form of times.
  const { stdout, failed } = await askProgram('ps', args, { env: { LC_ALL: 'C' } });
  if (failed) throw new MachineError({ code: 'environment-lost', message: 'ps does not list the processes' });
  return stdout.split('\n').flatMap((line) => parsePsLine(line) ?? []);
}

/** Reads `  42  1  42 S  1:02.03 Sun Nov 22 20:44:00 2026`. */
export function parsePsLine(line: string): ProcessRow | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+([\d:.-]+)\s+(.+?)\s*$/.exec(line);
  if (match === null) return undefined;
  const [, pid, parent, group, state, time, started] = match;
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    started: started ?? '',
    zombie: state?.startsWith('Z') ?? false,
    cpu: parseCpuTime(time ?? ''),
    childrenCpu: 0,
  };
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` in milliseconds. */
function parseCpuTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').reverse();
  const seconds = clock.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}
