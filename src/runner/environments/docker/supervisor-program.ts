/**
 * The first process of a job's container: starts commands as it is told over its stdin, with the same care as they get
 * on the machine itself, and tells what becomes of them. When the line breaks it ends, and the container with it.
 */
import { hostPath } from '../../../shared/brand.ts';
import { createHostEnvironment } from '../host.ts';
import type { RunningProcess } from '../process.ts';
import { createDoors } from './doors.ts';
import { setAccess } from './file-access.ts';
import {
  afterOpening,
  createFrameReader,
  type Method,
  messageFrame,
  type Order,
  outputFrame,
  type Report,
  streamFrame,
} from './frames.ts';
import { countLimits } from './limits-reached.ts';
import { createStreams } from './streams.ts';
import { readUserMap } from './user-map.ts';

// The container is namespace enough.
const environment = createHostEnvironment({ run: process.env['ORCH_SUPERVISED_RUN'] ?? '', namespace: 'off' });
const processes = new Map<number, Promise<RunningProcess>>();
const taken = new Map<number, () => void>();
const streams = createStreams({ tell, send: (id, bytes) => void process.stdout.write(streamFrame(id, bytes)) });
const doors = createDoors(streams, tell);

function tell(report: Report): void {
  process.stdout.write(messageFrame(report));
}

function obey(order: Order): void {
  switch (order.op) {
    case 'start':
      processes.set(order.id, start(order));
      return;
    case 'ack':
      return taken.get(order.id)?.();
    case 'call':
      return void answer(order);
    case 'listen':
      return void doors.open(order).then((value) => tell({ op: 'reply', call: order.call, value }));
    case 'connect':
      return doors.connect(order);
    case 'stream':
      streams.hear(order);
  }
}

async function start({ id, argv, cwd, env }: Order & { readonly op: 'start' }): Promise<RunningProcess> {
  const running = await environment.start({
    argv,
    cwd: hostPath(cwd),
    env,
    onOutput: (chunk) => {
      process.stdout.write(outputFrame(id, chunk));
      return new Promise((resolve) => {
        taken.set(id, resolve);
      });
    },
  });
  void running.exit.then((exit) => tell({ op: 'exit', id, exit }));
  return running;
}

async function answer({ id, call, method, grace }: Order & { readonly op: 'call' }): Promise<void> {
  const running = await processes.get(id);
  const value = running === undefined ? undefined : await perform(running, method, grace);
  tell({ op: 'reply', call, value: value ?? null });
  if (method === 'reap') {
    processes.delete(id);
    taken.delete(id);
  }
}

function perform(running: RunningProcess, method: Method, grace: number): Promise<unknown> {
  switch (method) {
    case 'stop':
      return running.stop(grace);
    case 'interrupt':
      return running.interrupt(grace);
    case 'left':
      return running.left();
    case 'reap':
      return running.reap();
    case 'cpuTime':
      return running.cpuTime();
    case 'limits':
      return Promise.resolve(countLimits());
  }
}

function supervise(): void {
  const read = afterOpening(
    createFrameReader({
      message: (text) => obey(JSON.parse(text) as Order),
      output: () => undefined,
      stream: (id, bytes) => void streams.take(id, bytes),
    }),
  );
  process.stdin.on('data', (chunk: Buffer) => {
    if (!read(chunk)) process.exit(1);
  });
  process.stdin.on('close', () => process.exit(0));
  // Nobody listens any more.
  process.stdout.on('error', () => process.exit(0));
  const { ORCH_SUPERVISED_RUN: _, ...variables } = process.env;
  const env = Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const uid = process.getuid?.() ?? 0;
  tell({ op: 'ready', env, uid, hostUid: readUserMap('uid').outer(uid) ?? uid, version: process.version });
}

// Beside the first process, as root, the same program sees to the rights of shared files.
const [access, ...folders] = process.argv.slice(2);
if (access === undefined) supervise();
else setAccess(access, folders);
