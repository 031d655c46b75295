/** Artifacts as they are stored: what is in a zip, by path, without holding it in memory. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { Unzip, UnzipInflate, UnzipPassThrough } from 'fflate';

/** What is done with the contents of an entry; `end` when all of them were given. */
export interface Sink {
  readonly take: (chunk: Uint8Array) => void;
  readonly end: () => void;
}

/** Reads all entries; those for which there is no sink are passed over. Names are as in the archive: nothing here makes a path of one. */
export async function readArchive(file: string, open: (name: string) => Sink | undefined): Promise<void> {
  const unzip = new Unzip((entry) => {
    const sink = open(entry.name);
    if (sink === undefined) return;
    entry.ondata = (error, chunk, isLast) => {
      if (error) throw error;
      sink.take(chunk);
      if (isLast) sink.end();
    };
    entry.start();
  });
  unzip.register(UnzipInflate);
  unzip.register(UnzipPassThrough);
  for await (const chunk of createReadStream(file)) unzip.push(chunk as Buffer);
  unzip.push(new Uint8Array(0), true);
}

/** `tell` is given the sha256, in hex. */
export function hashSink(tell: (sha256: string) => void): Sink {
  const hash = createHash('sha256');
  return { take: (chunk) => void hash.update(chunk), end: () => tell(hash.digest('hex')) };
}

/** A file that is not there yet. */
export function fileSink(file: string): Sink {
  const out = openSync(file, 'wx', 0o600);
  return { take: (chunk) => void writeSync(out, chunk), end: () => closeSync(out) };
}

export function textSink(tell: (text: string) => void): Sink {
  const chunks: Uint8Array[] = [];
  return {
    take: (chunk) => void chunks.push(Uint8Array.from(chunk)),
    end: () => tell(Buffer.concat(chunks).toString('utf8')),
  };
}
