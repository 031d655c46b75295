/**
 * Connections that are carried over the line between orch and a supervisor, at either end of it: each is held back
 * until the other end is rid of what it has, so that one that nobody reads fills no memory and delays no other.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { StreamWord } from './frames.ts';

export interface StreamLine {
  tell(word: StreamWord): void;
  send(id: number, bytes: Uint8Array): void;
}

export interface Streams {
  /** From here on the connection of that id, which is new, is this socket. False when there are too many. */
  carry(id: number, socket: Duplex): boolean;
  hear(word: StreamWord): void;
  /** False when the other end sends more than it may. */
  take(id: number, bytes: Uint8Array): boolean;
  /** The line is gone. */
  breakAll(): void;
}

/** Bytes that are on their way in one direction of a connection. */
const WINDOW = 512 * 1024;
/** What one read of a socket may add. */
const SLACK = 256 * 1024;
/** At once. */
export const MOST_STREAMS = 256;
/** Bytes of all of them that may wait for the line in one direction, when each keeps to what it may. */
export const MOST_WAITING = MOST_STREAMS * (WINDOW + SLACK);

export function createStreams(line: StreamLine): Streams {
  const open = new Map<number, Carried>();
  return {
    carry: (id, socket) => {
      if (open.size >= MOST_STREAMS || open.has(id)) return false;
      open.set(id, carry(id, socket, line));
      socket.once('close', () => open.delete(id));
      return true;
    },
    hear: (word) => open.get(word.id)?.hear(word),
    // The last of what was sent may come when this end has broken off.
    take: (id, bytes) => open.get(id)?.take(bytes) ?? true,
    breakAll: () => {
      for (const carried of open.values()) carried.destroy();
    },
  };
}

interface Carried {
  hear(word: StreamWord): void;
  take(bytes: Uint8Array): boolean;
  destroy(): void;
}

function carry(id: number, socket: Duplex, line: StreamLine): Carried {
  let sent = 0;
  let held = 0;
  socket.on('data', (chunk: Uint8Array) => {
    sent += chunk.length;
    line.send(id, chunk);
    if (sent >= WINDOW) socket.pause();
  });
  socket.once('end', () => line.tell({ op: 'stream', id, word: 'end' }));
  // What it is does not matter to the other end: it closes.
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    if (!socket.readableEnded || !socket.writableFinished) line.tell({ op: 'stream', id, word: 'break' });
  });
  const taken = (bytes: number): void => {
    held -= bytes;
    line.tell({ op: 'stream', id, word: 'taken', bytes });
  };
  return {
    hear: (word) => {
      if (word.word === 'break') breakOff(socket);
      else if (word.word === 'end') socket.end();
      else {
        sent = Math.max(0, sent - word.bytes);
        if (sent < WINDOW) socket.resume();
      }
    },
    take: (bytes) => {
      if (!socket.writable) return true;
      held += bytes.length;
      if (held > WINDOW + SLACK) return false;
      socket.write(bytes, (error) => {
        if (error === null || error === undefined) taken(bytes.length);
      });
      return true;
    },
    destroy: () => breakOff(socket),
  };
}

/** Whoever reads from it must not take that for the end. Only TCP can say so. */
function breakOff(socket: Duplex): void {
  if (socket instanceof Socket && socket.remoteFamily !== undefined) socket.resetAndDestroy();
  else socket.destroy();
}
