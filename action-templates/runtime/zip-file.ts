/** Files into an archive and out of it, without holding large ones in memory. */
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { unzipSync, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { MachineError } from '../../src/shared/failure.ts';

const LEVEL = 6;

/** Writes `file`; names inside are relative to `root`. */
export async function writeZip(file: string, root: string, files: readonly string[]): Promise<void> {
  const out = openSync(file, 'wx', 0o600);
  try {
    const zip = new Zip((error, chunk) => {
      if (error) throw error;
      // A system may take a part at a time.
      for (let done = 0; done < chunk.length; ) done += writeSync(out, chunk, done);
    });
    for (const path of files) {
      const name = relative(root, path).split(sep).join('/');
      // The commits in a bundle are compressed.
      const entry = name.endsWith('.bundle') ? new ZipPassThrough(name) : new ZipDeflate(name, { level: LEVEL });
      zip.add(entry);
      for await (const chunk of createReadStream(path)) entry.push(chunk as Buffer);
      entry.push(new Uint8Array(0), true);
    }
    zip.end();
  } finally {
    closeSync(out);
  }
}

/** The contents of the entries named; others are not unpacked. Throws `MachineError` when it is no archive. */
export function readZip(bytes: Uint8Array, names: readonly string[]): ReadonlyMap<string, Uint8Array> {
  try {
    return new Map(Object.entries(unzipSync(bytes, { filter: ({ name }) => names.includes(name) })));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MachineError({ code: 'environment-lost', message: `an artifact is no archive: ${reason}` }, { cause });
  }
}
