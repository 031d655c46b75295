/** What goes over the line between orch and the supervisor in a container: messages, and output as it comes. */
import type { ProcessExit } from '../process.ts';

/** To the supervisor. */
export type Order =
  | {
      readonly op: 'start';
      readonly id: number;
      readonly argv: readonly [string, ...string[]];
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
    }
  /** A chunk of that process's output was taken. */
  | { readonly op: 'ack'; readonly id: number }
  | {
      readonly op: 'call';
      readonly id: number;
      readonly call: number;
      readonly method: Method;
      readonly grace: number;
    };

export type Method = 'stop' | 'interrupt' | 'left' | 'reap' | 'cpuTime' | 'limits';

/** From the supervisor. */
export type Report =
  | {
      readonly op: 'ready';
      readonly env: Readonly<Record<string, string>>;
      readonly uid: number;
      readonly version: string;
    }
  | { readonly op: 'exit'; readonly id: number; readonly exit: ProcessExit }
  | { readonly op: 'reply'; readonly call: number; readonly value: unknown };

export interface FrameTaker {
  message(text: string): void;
  output(id: number, bytes: Uint8Array): void;
}

const MESSAGE = 1;
const OUTPUT = 2;
const HEAD = 5;
/** No honest frame is longer; what a program in the container sends must not fill this machine's memory. */
const LARGEST = 64 * 1024 * 1024;

export function messageFrame(message: Order | Report): Buffer {
  return frame(MESSAGE, Buffer.from(JSON.stringify(message)));
}

export function outputFrame(id: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(id);
  return frame(OUTPUT, Buffer.concat([head, bytes]));
}

function frame(kind: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(payload.length);
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, payload]);
}

/** Takes bytes as they come. False when they are no frames: nothing after that can be understood. */
export function createFrameReader(taker: FrameTaker): (chunk: Uint8Array) => boolean {
  let pending: Buffer[] = [];
  let length = 0;
  let wanted = HEAD;
  return (chunk) => {
    pending.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    length += chunk.length;
    while (length >= wanted) {
      const bytes = pending.length === 1 && pending[0] !== undefined ? pending[0] : Buffer.concat(pending);
      const end = HEAD + bytes.readUInt32BE(0);
      if (end > LARGEST) return false;
      wanted = end;
      pending = [bytes];
      if (length < end) return true;
      if (!hand(bytes.subarray(0, end), taker)) return false;
      pending = [bytes.subarray(end)];
      length -= end;
      wanted = HEAD;
    }
    return true;
  };
}

function hand(bytes: Buffer, taker: FrameTaker): boolean {
  const payload = bytes.subarray(HEAD);
  if (bytes.readUInt8(4) === MESSAGE) taker.message(payload.toString());
  else if (bytes.readUInt8(4) === OUTPUT && payload.length >= 4)
    taker.output(payload.readUInt32BE(0), payload.subarray(4));
  else return false;
  return true;
}

/** With which orch begins. Some engines put the request that opened the line in front of what is sent over it. */
export const OPENING = Buffer.from('\0orch\0');

/** Hands on what comes after the opening, cut like what comes. */
export function afterOpening(read: (chunk: Uint8Array) => boolean): (chunk: Uint8Array) => boolean {
  let before: Buffer | undefined = Buffer.alloc(0);
  return (chunk) => {
    if (before === undefined) return read(chunk);
    before = Buffer.concat([before, chunk]);
    const at = before.indexOf(OPENING);
    if (at === -1) return before.length <= LARGEST;
    const rest = before.subarray(at + OPENING.length);
    before = undefined;
    return rest.length === 0 || read(rest);
  };
}
