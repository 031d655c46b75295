/** The container of a job: started with the supervisor in it, or without where it has to be, and gone at its end. */
import { Duplex, PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from 'dockerode';
import { cutText } from '../../../shared/cut-text.ts';
import { type Failure, MachineError } from '../../../shared/failure.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { startApart } from '../apart.ts';
import type { JobEnvironment } from '../process.ts';
import { type Carrier, openCarrier } from './carrier.ts';
import { type Engine, isEngineError, reasonOf } from './engine.ts';
import { splitEntry } from './first-environment.ts';
import { type Created, createJobContainer, type JobContainerRequest, PLAIN } from './job-creation.ts';
import { openPlainExecs, readInContainer } from './plain-exec.ts';
import type { SupervisorReady } from './reports.ts';
import { openSupervised, type Supervised } from './supervised.ts';

export interface JobContainer {
  readonly id: string;
  readonly ready: SupervisorReady;
  readonly supervised: Supervised;
  /** Whether each command is an exec of the engine, since no supervisor runs. */
  readonly isPlain: boolean;
  /** For the steps of a job: what they leave running is ended with the container. */
  readonly steps: Pick<JobEnvironment, 'start'>;
  /** Runs a command as root, beside the supervisor. Its exit code. */
  runAsRoot(argv: readonly string[]): Promise<number>;
  remove(): Promise<void>;
  /** On another machine: what has its files, still empty. To be closed after the container was removed. */
  readonly carrier?: Carrier;
}

const LONGEST_WORDS = 4096;

/** Throws `MachineError` when an engine on another machine cannot have the files. */
export async function startJobContainer(
  engine: Engine,
  request: JobContainerRequest,
): Promise<Result<JobContainer, Failure>> {
  if (engine.remote === undefined) return startWithMounts(engine, request);
  const carrier = await openCarrier(engine, { tell: () => undefined, ...request });
  const { mounts, externals } = carrier;
  let isKept = false;
  try {
    const started = await startWithMounts(engine, { ...request, mounts, externals });
    isKept = started.ok;
    return started.ok ? ok({ ...started.value, carrier }) : started;
  } finally {
    if (!isKept) await carrier.close();
  }
}

/** The same where the engine can mount what is asked for, wherever it is. */
export async function startWithMounts(
  engine: Engine,
  request: JobContainerRequest,
): Promise<Result<JobContainer, Failure>> {
  const { externals, image, onPlain } = request;
  const created = await createJobContainer(engine, request, { name: 'job', entrypoint: externals.supervisor });
  const supervised = created.ok ? await startSupervised(created.value) : created;
  if (supervised.ok) return supervised;
  const message = `the container of ${image} could not be started: ${supervised.error}`;
  const failed = err({ code: 'setup-failed', message } as const);
  // What the engine has refused to create it refuses again.
  if (!created.ok || onPlain === undefined) return failed;
  const again = await createJobContainer(engine, request, { name: 'plain', entrypoint: PLAIN });
  const plain = again.ok ? await startPlain(again.value) : again;
  if (!plain.ok) return failed;
  onPlain(supervised.error);
  return plain;
}

async function startSupervised(created: Created): Promise<Result<JobContainer, string>> {
  const { engine, container, kept, attach, remove } = created;
  const words = collectWords();
  try {
    const supervised = openSupervised(lineOf(engine, await attach(), words.stream));
    await container.start();
    const told = await readyInTime(supervised);
    if (told !== undefined) {
      const ready = { ...told, env: { ...told.env, ...kept } };
      const steps = startApart((request) => supervised.start(request));
      return ok({ id: container.id, ready, supervised, isPlain: false, steps, remove, runAsRoot: asRoot(container) });
    }
    const reason = supervised.isOpen() ? 'its first process is not heard of' : 'its first process ended at once';
    await remove();
    return err(words.text() || reason);
  } catch (error) {
    await remove();
    return err(reasonOf(error));
  }
}

async function startPlain({ container, attach, remove }: Created): Promise<Result<JobContainer, string>> {
  let isOpen = true;
  try {
    const attached = await attach();
    for (const end of ['end', 'close', 'error']) {
      attached.once(end, () => {
        isOpen = false;
      });
    }
    attached.resume();
    await container.start();
    const ready = await readPlain(container);
    const steps = openPlainExecs(container);
    const supervised: Supervised = {
      ready: Promise.resolve(ready),
      start: (request) => steps.start(request),
      listen: async () => err('no supervisor runs in the container'),
      join: (socket) => void socket.destroy(),
      isOpen: () => isOpen,
      end: () => void attached.end(),
    };
    return ok({ id: container.id, ready, supervised, isPlain: true, steps, remove, runAsRoot: asRoot(container) });
  } catch (error) {
    await remove();
    return err(reasonOf(error));
  }
}

const NUL = '\0';

/** What a supervisor tells of itself. */
async function readPlain(container: Container): Promise<SupervisorReady> {
  const told = await readInContainer(container, ['sh', '-c', 'cat /proc/self/environ; printf "\\0"; id -u']);
  const entries = told.split(NUL);
  const uid = Number(entries.pop());
  if (!Number.isInteger(uid)) throw new Error(`the shell in it answers with ${cutText(told, LONGEST_WORDS)}`);
  const env = entries.filter((entry) => entry.includes('=')).map(splitEntry);
  return { env: Object.fromEntries(env), uid, hostUid: uid, version: '' };
}

/** Milliseconds for Node to start, on another kind of processor too. */
const STARTING = 60_000;

async function readyInTime({ ready }: Supervised): Promise<SupervisorReady | undefined> {
  const timer = new AbortController();
  const late = delay(STARTING, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([ready, late]);
  } finally {
    timer.abort();
  }
}

/** The engine mixes both outputs into one stream; only stdout carries frames. */
function lineOf({ docker }: Engine, attached: NodeJS.ReadWriteStream, words: PassThrough): Duplex {
  const frames = new PassThrough();
  docker.modem.demuxStream(attached, frames, words);
  attached.on('end', () => frames.end());
  attached.on('close', () => frames.end());
  attached.on('error', () => frames.end());
  return Duplex.from({ readable: frames, writable: attached });
}

/** What the first process says when it cannot be what it should. */
function collectWords(): { readonly stream: PassThrough; text(): string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Uint8Array) => {
    if (text.length <= LONGEST_WORDS) text += String(chunk);
  });
  return { stream, text: () => cutText(text.trim(), LONGEST_WORDS) };
}

function asRoot(container: Container): JobContainer['runAsRoot'] {
  return async (argv) => {
    try {
      const exec = await container.exec({ Cmd: [...argv], User: '0', AttachStdout: true, AttachStderr: true });
      const stream = await exec.start({});
      stream.resume();
      await new Promise((resolve) => {
        stream.once('close', resolve);
        stream.once('end', resolve);
      });
      const { ExitCode } = await exec.inspect();
      return ExitCode ?? 1;
    } catch (error) {
      if (!isEngineError(error)) throw error;
      const message = `the engine does not run ${argv[0] ?? ''} in the job's container: ${reasonOf(error)}`;
      throw new MachineError({ code: 'environment-lost', message });
    }
  };
}
