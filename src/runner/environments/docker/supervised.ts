/** Commands in a container, as its supervisor starts them: orch's end of the line. */
import type { Duplex } from 'node:stream';
import type { Result } from '../../../shared/result.ts';
import type { Containment } from '../../../shared/verdict.ts';
import {
  type Environment,
  notStarted,
  type ProcessExit,
  type ProcessRequest,
  type RunningProcess,
} from '../process.ts';
import { createFrameReader, type Method, messageFrame, OPENING, type Order, streamFrame } from './frames.ts';
import type { LimitCounts } from './limits-reached.ts';
import {
  countOf,
  isCount,
  type Loose,
  parse,
  readContainment,
  readExit,
  readLimits,
  readListening,
  readReady,
  type SupervisorReady,
} from './reports.ts';
import { createStreams, MOST_WAITING, type Streams } from './streams.ts';

/** What a container has of its own. */
export interface SupervisedProcess extends RunningProcess {
  /** To be asked before it is reaped; nothing when the container is gone. Absent where no supervisor counts. */
  readonly limits?: () => Promise<LimitCounts>;
}

export interface Supervised extends Environment {
  start(request: ProcessRequest): Promise<SupervisedProcess>;
  /** Undefined when the line broke before the supervisor was ready. */
  readonly ready: Promise<SupervisorReady | undefined>;
  /**
   * Opens a port on the container's loopback, any that is free where it is 0, for as long as the line is there. Each
   * connection to it is joined with what `open` gives. The port, or why there is none.
   */
  listen(port: number, open: () => Duplex): Promise<Result<number, string>>;
  /** Joins a connection of this machine with a port that the container reaches. */
  join(socket: Duplex, host: string, port: number): void;
  /** The line is there. */
  isOpen(): boolean;
  /** Ends the line, and with it the supervisor. */
  end(): void;
}

interface Watched {
  readonly onOutput: ProcessRequest['onOutput'];
  readonly exited: (exit: ProcessExit) => void;
  /** What `onOutput` threw. */
  fault: { readonly error: unknown } | undefined;
  /** A chunk is being taken. The supervisor sends the next one when it hears that; nobody else is waited for. */
  isTaking: boolean;
}

const KILLED = { kind: 'signalled', signal: 'SIGKILL' } as const;
const PATIENCE = 30_000;
const NOT_UNDERSTOOD = 'what its container sends cannot be understood';

/**
 * `line` carries frames in both directions. What comes over it was written inside: nothing of it is relied on.
 * `patience` is for how many milliseconds it may be silent when an answer is due.
 */
export function openSupervised(line: Duplex, patience = PATIENCE): Supervised {
  return new Line(line, patience);
}

class Line implements Supervised {
  readonly ready: Promise<SupervisorReady | undefined>;
  readonly #line: Duplex;
  readonly #patience: number;
  readonly #watched = new Map<number, Watched>();
  readonly #calls = new Map<number, (value: unknown) => void>();
  readonly #doors = new Map<number, () => Duplex>();
  readonly #streams: Streams;
  #tellReady: (ready: SupervisorReady | undefined) => void = () => undefined;
  #last = 0;
  #open = true;
  #heard = performance.now();

  constructor(line: Duplex, patience: number) {
    this.#line = line;
    this.#patience = patience;
    this.ready = new Promise((resolve) => {
      this.#tellReady = resolve;
    });
    this.#streams = createStreams({
      tell: (word) => this.#send(word),
      send: (id, bytes) => this.#write(streamFrame(id, bytes)),
    });
    const read = createFrameReader({
      message: (text) => this.#hear(parse(text)),
      output: (id, bytes) => this.#take(id, bytes),
      stream: (id, bytes) => {
        if (!this.#streams.take(id, bytes)) this.#close(NOT_UNDERSTOOD);
      },
    });
    const close = (): void => this.#close('its container ended, or the line to it broke');
    line.on('data', (chunk: Uint8Array) => {
      this.#heard = performance.now();
      if (!read(chunk)) this.#close(NOT_UNDERSTOOD);
    });
    for (const end of ['error', 'end', 'close']) line.once(end, close);
    line.write(OPENING);
  }

  isOpen(): boolean {
    return this.#open;
  }

  end(): void {
    if (this.#open) this.#line.end();
  }

  async start({ argv, cwd, env, onOutput }: ProcessRequest): Promise<SupervisedProcess> {
    if (!this.#open) return { ...notStarted('the container is gone'), limits: async () => readLimits(null) };
    const id = ++this.#last;
    let tellExit: (exit: ProcessExit) => void = () => undefined;
    const exit = new Promise<ProcessExit>((resolve) => {
      tellExit = resolve;
    });
    const watched: Watched = { onOutput, exited: tellExit, fault: undefined, isTaking: false };
    this.#watched.set(id, watched);
    this.#send({ op: 'start', id, argv, cwd, env });
    const ask: Ask = (method, grace = 0) => this.#ask(grace, (call) => ({ op: 'call', id, call, method, grace }));
    return processOf({ exit, watched, ask, forget: () => void this.#watched.delete(id) });
  }

  async listen(port: number, open: () => Duplex): Promise<Result<number, string>> {
    const door = ++this.#last;
    this.#doors.set(door, open);
    return readListening(await this.#ask(0, (call) => ({ op: 'listen', call, door, port })));
  }

  join(socket: Duplex, host: string, port: number): void {
    const id = ++this.#last * 2 + 1;
    if (this.#open && this.#streams.carry(id, socket)) this.#send({ op: 'connect', id, host, port });
    else socket.destroy();
  }

  #send(order: Order): void {
    this.#write(messageFrame(order));
  }

  #write(frame: Buffer): void {
    if (!this.#open) return;
    this.#line.write(frame);
    // Who says that it has taken what it has not even read would fill this machine's memory.
    if (this.#line.writableLength > MOST_WAITING) this.#close(NOT_UNDERSTOOD);
  }

  #ask(grace: number, orderOf: (call: number) => Order): Promise<unknown> {
    return new Promise((resolve) => {
      if (!this.#open) return resolve(null);
      const call = ++this.#last;
      const late = this.#watchSilence(grace);
      this.#calls.set(call, (value) => {
        clearTimeout(late());
        resolve(value);
      });
      this.#send(orderOf(call));
    });
  }

  /** An engine that hangs breaks no line. The timer that is running, to be cleared when the answer is there. */
  #watchSilence(grace: number): () => NodeJS.Timeout {
    const look = (): void => {
      const silent = performance.now() - this.#heard;
      if (silent < this.#patience) timer = setTimeout(look, this.#patience - silent);
      else this.#close(`its container has not answered for ${Math.round(silent / 1000)} seconds`);
    };
    let timer = setTimeout(look, grace + this.#patience);
    return () => timer;
  }

  #hear(report: Loose): void {
    const { op, id, call } = report;
    if (op === 'ready') this.#tellReady(readReady(report));
    else if (op === 'exit' && typeof id === 'number') this.#watched.get(id)?.exited(readExit(report['exit']));
    else if (op === 'reply' && typeof call === 'number') {
      this.#calls.get(call)?.(report['value']);
      this.#calls.delete(call);
    } else if (op === 'knock' && isCount(id) && id % 2 === 0) this.#answer(id, report['door']);
    else if (op === 'stream') this.#hearStream(report);
  }

  #answer(id: number, door: unknown): void {
    const open = typeof door === 'number' ? this.#doors.get(door) : undefined;
    const socket = open?.();
    if (socket !== undefined && this.#streams.carry(id, socket)) return;
    socket?.destroy();
    this.#send({ op: 'stream', id, word: 'break' });
  }

  #hearStream({ id, word, bytes }: Loose): void {
    if (!isCount(id)) return;
    if (word === 'end' || word === 'break') this.#streams.hear({ op: 'stream', id, word });
    else if (word === 'taken') this.#streams.hear({ op: 'stream', id, word, bytes: countOf(bytes) });
  }

  #take(id: number, bytes: Uint8Array): void {
    const process = this.#watched.get(id);
    if (process === undefined) return;
    // Only a command that writes in the supervisor's name does not wait, and would fill this machine's memory.
    if (process.isTaking) return this.#close(NOT_UNDERSTOOD);
    void take(process, bytes).then(() => this.#send({ op: 'ack', id }));
  }

  #close(lost: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#line.destroy();
    this.#tellReady(undefined);
    for (const { exited } of this.#watched.values()) exited({ ...KILLED, lost });
    for (const reply of this.#calls.values()) reply(null);
    this.#calls.clear();
    this.#streams.breakAll();
  }
}

type Ask = (method: Method, grace?: number) => Promise<unknown>;

interface ProcessParts {
  readonly exit: Promise<ProcessExit>;
  readonly watched: Watched;
  readonly ask: Ask;
  readonly forget: () => void;
}

function processOf({ exit, watched, ask, forget }: ProcessParts): SupervisedProcess {
  let cpu = 0;
  let reaped: Promise<Containment> | undefined;
  const rethrow = (): void => {
    if (watched.fault !== undefined) throw watched.fault.error;
  };
  const reap = async (): Promise<Containment> => {
    const containment = readContainment(await ask('reap'));
    forget();
    rethrow();
    return containment;
  };
  return {
    exit,
    cpuTime: async () => {
      const now = await ask('cpuTime');
      cpu = Math.max(cpu, typeof now === 'number' ? now : 0);
      return cpu;
    },
    limits: async () => readLimits(await ask('limits')),
    stop: async (grace) => void (await ask('stop', grace)),
    interrupt: async (grace) => void (await ask('interrupt', grace)),
    left: async () => {
      const count = await ask('left');
      rethrow();
      return countOf(count);
    },
    reap: () => {
      reaped ??= reap();
      return reaped;
    },
  };
}

async function take(process: Watched, bytes: Uint8Array): Promise<void> {
  // After a fault the rest is read and dropped, so that the command does not hang.
  if (process.fault !== undefined) return;
  process.isTaking = true;
  try {
    await process.onOutput(bytes);
  } catch (error) {
    process.fault = { error };
  } finally {
    process.isTaking = false;
  }
}
