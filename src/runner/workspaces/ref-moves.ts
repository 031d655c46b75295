/**
 * Moves refs by `git update-ref`. To start git costs more than to move a ref, so one process takes the moves of a
 * moment; not more, since git stamps the reflog with the time at which it was started.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface RefMoves {
  /** Makes a ref (`from` is the null id), or moves it away from `from`. What git has against it, or undefined. */
  move(ref: string, to: string, from: string): Promise<string | undefined>;
  /** Waits for the process to end. */
  close(): Promise<void>;
}

export interface RefMovesOptions {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Told of each process. */
  readonly onStart: () => void;
}

/** Milliseconds that a process is used for, and after which one that says nothing is given up. */
const MOMENT = 1000;
const SILENCE = 60_000;

const DONE = 'start: ok\ncommit: ok\n';

interface Session {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<void>;
  readonly isOver: () => boolean;
  readonly complaint: () => string;
}

export function createRefMoves(options: RefMovesOptions): RefMoves {
  let current: Session | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let allEnded: Promise<unknown> = Promise.resolve();
  const open = (): Session => {
    const session = startSession(options);
    const rest = setTimeout(() => retire(session), MOMENT);
    void session.ended.then(() => {
      clearTimeout(rest);
      if (current === session) current = undefined;
    });
    allEnded = Promise.all([allEnded, session.ended]);
    current = session;
    return session;
  };
  /** What was asked before the end of its input is still done. */
  const retire = (session: Session): void => {
    if (current === session) current = undefined;
    session.child.stdin.end();
  };
  return {
    move: (ref, to, from) => {
      const turn = last.then(() => ask(current ?? open(), `start\0update ${ref}\0${to}\0${from}\0commit\0`));
      last = turn;
      return turn;
    },
    close: async () => {
      await last;
      if (current !== undefined) retire(current);
      await allEnded;
    },
  };
}

function startSession({ cwd, env, onStart }: RefMovesOptions): Session {
  onStart();
  const args = ['update-ref', '-m', 'orch', '--stdin', '-z'];
  // In a session of its own: Ctrl-C in a terminal is for orch, which still has branches to move then.
  const child = spawn('git', args, { cwd, env, stdio: 'pipe', detached: true });
  let over = false;
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  // A process that is gone cannot be written to; how it ended is told by `close`.
  child.stdin.on('error', () => child.stdin.destroy());
  child.once('error', (error) => {
    stderr += error.message;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      over = true;
      resolve();
    });
  });
  return { child, ended, isOver: () => over, complaint: () => stderr.trim() || 'git update-ref ended' };
}

/** One transaction. Git ends when it refuses one. */
async function ask({ child, ended, isOver, complaint }: Session, request: string): Promise<string | undefined> {
  let answer = '';
  const silence = setTimeout(() => child.kill('SIGKILL'), SILENCE);
  const answered = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      answer += chunk.toString('utf8');
      if (answer.length >= DONE.length) resolve();
    });
  });
  child.stdin.write(request);
  await Promise.race([answered, ended]);
  clearTimeout(silence);
  child.stdout.removeAllListeners('data');
  if (answer === DONE) return undefined;
  if (!isOver()) child.kill('SIGKILL');
  await ended;
  return complaint();
}
