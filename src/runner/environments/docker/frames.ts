/** What goes over the line between orch and the supervisor in a container: messages, output and what connections carry, as it comes. */
import type { ProcessExit } from '../process.ts';

/** What becomes of a connection that is carried over the line. Ids of those that the supervisor begins are even. */
export type StreamWord =
  /** That much of what was sent is off this end's hands. */
  | { readonly op: 'stream'; readonly id: number; readonly word: 'taken'; readonly bytes: number }
  /** Nothing more is sent. */
  | { readonly op: 'stream'; readonly id: number; readonly word: 'end' }
  | { readonly op: 'stream'; readonly id: number; readonly word: 'break' };

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
    }
  /** Opens a port on the container's loopback, any that is free where it is 0. The reply is its number, or why there is none. */
  | { readonly op: 'listen'; readonly call: number; readonly door: number; readonly port: number }
  /** Joins a new connection with a port that the container reaches. */
  | { readonly op: 'connect'; readonly id: number; readonly host: string; readonly port: number }
  | StreamWord;

export type Method = 'stop' | 'interrupt' | 'left' | 'reap' | 'cpuTime' | 'limits';

/** From the supervisor. */
export type Report =
  | {
      readonly op: 'ready';
      readonly env: Readonly<Record<string, string>>;
      readonly uid: number;
      readonly hostUid: number;
      readonly version: string;
    }
  | { readonly op: 'exit'; readonly id: number; readonly exit: ProcessExit }
  | { readonly op: 'reply'; readonly call: number; readonly value: unknown }
  /** Somebody has connected to that door. */
  | { readonly op: 'knock'; readonly id: number; readonly door: number }
  | StreamWord;

export interface FrameTaker {
  message(text: string): void;
  output(id: number, bytes: Uint8Array): void;
  stream(id: number, bytes: Uint8Array): void;
}

const MESSAGE = 1;
const OUTPUT = 2;
const STREAM = 3;
const HEAD = 5;
/** No honest frame is longer; what a program in the container sends must not fill this machine's memory. */
const LARGEST = 64 * 1024 * 1024;

export function messageFrame(message: Order | Report): Buffer {
  return frame(MESSAGE, Buffer.from(JSON.stringify(message)));
}

export function outputFrame(id: number, bytes: Uint8Array): Buffer {
  return frame(OUTPUT, numberOf(id), bytes);
}

export function streamFrame(id: number, bytes: Uint8Array): Buffer {
  return frame(STREAM, numberOf(id), bytes);
}

function numberOf(id: number): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(id);
  return number;
}

function frame(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(parts.reduce((sum, { length }) => sum + length, 0));
  head.writeUInt8(kind, 4);
  return Buffer.concat([head, ...parts]);
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
  const kind = bytes.readUInt8(4);
  if (kind === MESSAGE) taker.message(payload.toString());
  else if (kind === OUTPUT && payload.length >= 4) taker.output(payload.readUInt32BE(0), payload.subarray(4));
  else if (kind === STREAM && payload.length >= 4) taker.stream(payload.readUInt32BE(0), payload.subarray(4));
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
