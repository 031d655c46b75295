/** Starts the built command and takes what it says, as a user's shell would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { EventOf, RunEvent } from './journal.ts';
import type { Repository } from './repository.ts';
import { waitUntil } from './wait.ts';

/** `ORCH_DIST` names another build, for whoever works on orch itself. */
const COMMAND = resolve(process.env['ORCH_DIST'] ?? 'dist', 'orch.js');

export interface OrchOptions {
  /** Where it is started; the repository's root unless said. */
  readonly cwd?: string;
  /** Added to the rig's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** A command that starts it, such as `setpriv` with its options. */
  readonly through?: readonly string[];
  /** Starts it on a terminal of its own, whose keys `type` presses. Linux alone has a `script` that can do this. */
  readonly terminal?: boolean;
}

export interface OrchResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The run that it made, if it made one. */
  readonly run: string | undefined;
  readonly events: readonly RunEvent[];
}

export interface StartedOrch {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<OrchResult>;
  /** The run's id, when it has one. */
  run(): Promise<string>;
  /** The journal so far. */
  events(): readonly RunEvent[];
  /** Waits for an event of a kind. */
  event<T extends RunEvent['type']>(type: T, fits?: (event: EventOf<T>) => boolean): Promise<EventOf<T>>;
  /** Waits until it has said something on stdout or stderr. */
  said(text: string): Promise<unknown>;
  kill(signal: NodeJS.Signals): void;
  /** Presses keys, on a terminal. */
  type(keys: string): void;
}

/** Runs the command to its end. */
export function orch(repository: Repository, args: readonly string[], options: OrchOptions = {}): Promise<OrchResult> {
  return startOrch(repository, args, options).ended;
}

export function startOrch(repository: Repository, args: readonly string[], options: OrchOptions = {}): StartedOrch {
  const before = new Set(repository.runs());
  const words = [...(options.through ?? []), process.execPath, COMMAND, ...args];
  const [program = '', ...rest] = options.terminal === true ? ['script', '-qefc', quoted(words), '/dev/null'] : words;
  const child = spawn(program, rest, {
    cwd: options.cwd ?? repository.root,
    env: { ...repository.env, ...options.env },
    stdio: 'pipe',
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  if (options.terminal !== true) child.stdin.end(options.stdin ?? '');
  const newRun = (): string | undefined => repository.runs().find((run) => !before.has(run));
  const events = (): readonly RunEvent[] => {
    const run = newRun();
    return run === undefined ? [] : repository.events(run);
  };
  const ended = new Promise<OrchResult>((done, fail) => {
    child.once('error', fail);
    child.once('close', (exitCode, signal) =>
      done({ exitCode, signal, stdout: stdout(), stderr: stderr(), run: newRun(), events: events() }),
    );
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('orch could not be started');
  return {
    pid,
    child,
    ended,
    run: () => waitUntil('a run', newRun),
    events,
    event: (type, fits = () => true) =>
      waitUntil(`the event ${type}; stderr: ${stderr()}`, () => {
        // Written line by line, so a line that is there is whole.
        return events().find(
          (event): event is EventOf<typeof type> => event.type === type && fits(event as EventOf<typeof type>),
        );
      }),
    said: (text) => waitUntil(`"${text}"`, () => stdout().includes(text) || stderr().includes(text)),
    kill: (signal) => void child.kill(signal),
    type: (keys) => void child.stdin.write(keys),
  };
}

function quoted(words: readonly string[]): string {
  return `exec ${words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')}`;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A test may close its end while orch goes on.
  stream.on('error', () => undefined);
  return () => Buffer.concat(chunks).toString('utf8');
}
