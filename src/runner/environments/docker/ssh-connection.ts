/** Connections to the engine of another machine over ssh: each is a program there that hands on to the engine's socket. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex, Readable, Writable } from 'node:stream';
import { cutText } from '../../../shared/cut-text.ts';

export interface SshTarget {
  /** '' for what ssh's own settings say. */
  readonly user: string;
  readonly host: string;
  /** 0 for what ssh's own settings say. */
  readonly port: number;
}

/** For HTTP requests. A connection ends with its request: one that is kept would keep orch from ending. */
export function sshAgent(target: SshTarget): Agent {
  return Object.assign(new Agent({ keepAlive: false }), { createConnection: () => openConnection(target) });
}

/** Nobody is there to be asked for a password or about a machine that is not known. */
const UNATTENDED = ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=30'];

const DIAL = ['docker', 'system', 'dial-stdio'];

function sshArguments({ user, host, port }: SshTarget): readonly string[] {
  return [
    ...UNATTENDED,
    ...(user === '' ? [] : ['-l', user]),
    ...(port === 0 ? [] : ['-p', String(port)]),
    '--',
    host,
    ...DIAL,
  ];
}

type Child = ChildProcessWithoutNullStreams;

const LONGEST_WORDS = 4096;

function openConnection({ host, ...target }: SshTarget): Duplex {
  // Ctrl-C is for orch alone, which needs its connections to end what runs there.
  const child = spawn('ssh', sshArguments({ host, ...target }), { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const words = collectWords(child);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code) => resolve(code === 0 ? '' : words() || `it ended with exit code ${code}`));
  });
  const readable = Readable.from(readAll(child, ended, host));
  const line = Duplex.from({ readable, writable: inputOf(child) });
  line.once('close', () => child.kill());
  return line;
}

/** The end of the output says nothing: the program's own end does. */
async function* readAll({ stdout }: Child, ended: Promise<string>, host: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of stdout) yield Buffer.from(chunk);
  const reason = await ended;
  if (reason !== '') throw Object.assign(new Error(`ssh to ${host}: ${reason}`), { code: 'ECONNRESET' });
}

/** What is not taken any more is told by the other side, with the reason. */
function inputOf({ stdin }: Child): Writable {
  stdin.on('error', () => undefined);
  return new Writable({
    write: (chunk: Uint8Array, _, done) => void stdin.write(chunk, () => done()),
    final: (done) => void stdin.end(done),
  });
}

/** What ssh says of itself, such as that it does not know the machine. */
function collectWords({ stderr }: Child): () => string {
  let text = '';
  stderr.on('data', (chunk: Uint8Array) => {
    if (text.length <= LONGEST_WORDS) text += String(chunk);
  });
  return () => cutText(text.trim(), LONGEST_WORDS);
}
