/** A command from its start to its end, with everything that it starts: asked to end, ended, counted. */

import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Containment } from '../../shared/verdict.ts';
import { createCpuTime } from './cpu-time.ts';
import { endAll, tellAll } from './ending.ts';
import { type FindKin, key, type Root, sendSignal, signalRow } from './kin.ts';
import { explainSilence, readReport } from './namespace.ts';
import type { OutputReader } from './output-reader.ts';
import type { ProcessExit, RunningProcess } from './process.ts';
import type { ProcessRow } from './process-row.ts';
import { readChildren, readRow } from './process-table.ts';

/** How long a namespace may take to go by itself, in milliseconds. */
const NAMESPACE_PATIENCE = 2000;

export interface Supervised {
  readonly by: Containment['by'];
  readonly root: Root;
  /** How the process that orch started ended. */
  readonly ended: Promise<ProcessExit>;
  readonly output: OutputReader;
  /** The living processes of the command. */
  readonly kin: FindKin;
}

export interface SupervisedInNamespace extends Supervised {
  /** The kin and what holds the namespace. */
  readonly all: FindKin;
  readonly line: Duplex;
}

/** The process that orch started is the command; what is left of its kin is found in the process table. */
export function superviseByCookie({ by, root, ended, output, kin }: Supervised): RunningProcess {
  const removed = new Set<string>();
  const running = watch(ended);
  const cpu = createCpuTime();
  let alive = 0;
  const end = async (): Promise<void> => {
    const command = running.is() ? root.pid : undefined;
    const result = await endAll(kin);
    alive = result.alive.length;
    for (const row of result.ended) if (row.pid !== command) removed.add(key(row));
    // A command that cannot be ended must not hold up the run; what it left is told by `alive`.
    if (alive === 0) await ended;
  };
  const reap = once(async () => {
    await end();
    await output.drain();
    return containment(by, removed.size, alive);
  });
  return {
    exit: ended,
    cpuTime: async () => cpu.add(await kin()),
    stop: async (grace) => {
      if (!(await askToEnd({ kin, running, grace }))) await end();
    },
    interrupt: (grace) => interrupt(ended, grace, async () => (await kin()).find(({ pid }) => pid === root.pid)),
    left: () => countLeft(output, kin),
    reap,
  };
}

/**
 * The process that orch started holds a namespace, and the command runs in it. When the first process of the
 * namespace goes, the kernel ends the rest before anybody is told.
 */
export function superviseInNamespace(parts: SupervisedInNamespace): RunningProcess {
  const { by, root, ended, output, kin, all, line } = parts;
  let stopped = false;
  let removed = 0;
  let report = '';
  const exit = new Promise<ProcessExit>((resolve) => {
    line.on('data', (chunk: Uint8Array) => {
      report += String(chunk);
      const told = readReport(report, stopped);
      if (told !== undefined) resolve(told);
    });
    // The line breaks only with the namespace; `close` follows in any case.
    line.once('error', () => line.destroy());
    line.once('close', () => {
      void ended.then((end) => resolve(readReport(report, stopped) ?? explainSilence(report, end)));
    });
  });
  const running = watch(exit);
  const cpu = createCpuTime();
  const end = async (): Promise<void> => {
    const command = running.is() ? 1 : 0;
    const rows = await kin();
    removed += Math.max(0, rows.length - command);
    // A running command is ended by itself, so that the shell above it still reports; the shell's end does the rest.
    if (command === 1) for (const row of rows) signalRow(row, 'SIGKILL');
    line.end();
    if (!(await within(ended, NAMESPACE_PATIENCE))) killNamespace(root);
    await ended;
    await exit;
  };
  const reap = once(async () => {
    await end();
    await output.drain();
    return containment(by, removed, 0);
  });
  return {
    exit,
    cpuTime: async () => cpu.add(await all()),
    stop: async (grace) => {
      stopped ||= running.is();
      if (!(await askToEnd({ kin, running, grace }))) await end();
    },
    interrupt: (grace) => {
      stopped ||= running.is();
      // The command is the first that was started in the namespace.
      return interrupt(exit, grace, async () => (await kin()).toSorted(byAge)[0]);
    },
    left: () => countLeft(output, kin),
    reap,
  };
}

function byAge(a: ProcessRow, b: ProcessRow): number {
  return Number(a.started) - Number(b.started) || a.pid - b.pid;
}

/** What never falls silent is listened to for so long, in milliseconds. */
const LISTENING = 1000;

async function interrupt(
  ended: Promise<unknown>,
  grace: number,
  find: () => Promise<ProcessRow | undefined>,
): Promise<void> {
  const deadline = performance.now() + grace;
  let command = await find();
  // One that is just being started has no process yet.
  for (let pause = 5; command === undefined && performance.now() < deadline; pause = Math.min(pause * 2, 100)) {
    if (await within(ended, pause)) return;
    command = await find();
  }
  if (command !== undefined) signalRow(command, 'SIGINT');
  await within(ended, deadline - performance.now());
}

async function countLeft(output: OutputReader, kin: FindKin): Promise<number> {
  // Alone, whoever holds a namespace keeps the output open: only the end of that shows that all was taken.
  if ((await kin()).length === 0) return 0;
  await output.settle(LISTENING);
  return (await kin()).length;
}

interface Asked {
  readonly kin: FindKin;
  readonly running: { is(): boolean };
  readonly grace: number;
}

/**
 * Sends SIGTERM to all, wakes those that are suspended, and waits. Whether all ended in time. What is started
 * afterwards is not asked: it may be somebody's way of ending, such as a trap that stops a server.
 */
async function askToEnd({ kin, running, grace }: Asked): Promise<boolean> {
  const deadline = performance.now() + grace;
  let asked = false;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    const rows = await kin();
    if (rows.length === 0 && !running.is()) return true;
    // A command that is just being started has no process yet.
    if (!asked && rows.length > 0) {
      asked = true;
      tellAll(rows, 'SIGTERM');
      tellAll(rows, 'SIGCONT');
    }
    const left = deadline - performance.now();
    if (left <= 0) return false;
    await delay(Math.min(pause, left));
  }
}

/** SIGKILL to the first process of a namespace: nothing in it outlives that. */
function killNamespace(root: Root): void {
  const inits = readChildren(root.pid)?.flatMap((pid) => readRow(pid) ?? []) ?? [];
  for (const init of inits) signalRow(init, 'SIGKILL');
  // Its holder passes its own end on to it.
  if (inits.length === 0) sendSignal(root.pid, 'SIGKILL');
}

function containment(by: Containment['by'], reaped: number, alive: number): Containment {
  return alive === 0 ? { by, reaped } : { by, reaped, alive };
}

function watch(ended: Promise<unknown>): { is(): boolean } {
  let running = true;
  void ended.then(() => {
    running = false;
  });
  return { is: () => running };
}

async function within(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(milliseconds, false, { signal: timer.signal }).catch(() => false);
  const inTime = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return inTime;
}

function once<T>(call: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= call();
    return result;
  };
}
