/** Writing much to a stream without holding it in memory, and without complaint when nobody reads it any more. */

/** As much of a writable stream as pouring needs; `process.stdout` is one. */
export interface Sink {
  write(chunk: string | Uint8Array): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
  once(event: 'drain', listener: () => void): unknown;
}

/**
 * Resolves when all is written: true; or when the reader has gone (`orch logs api | head`): false. Any other error of
 * the stream is thrown.
 */
export async function pour(chunks: AsyncIterable<string | Uint8Array>, sink: Sink): Promise<boolean> {
  let failure: Error | undefined;
  const ended = new Promise<'ended'>((resolve) => {
    // Stays for the life of the stream: that nobody reads may be noticed long after the last write.
    sink.on('error', (error) => {
      failure ??= error;
      resolve('ended');
    });
  });
  for await (const chunk of chunks) {
    const full = chunk.length > 0 && failure === undefined && !sink.write(chunk);
    if (full) await Promise.race([drained(sink), ended]);
    if (failure !== undefined) break;
  }
  if (failure !== undefined && !isGone(failure)) throw failure;
  return failure === undefined;
}

function drained(sink: Sink): Promise<void> {
  return new Promise((resolve) => {
    sink.once('drain', resolve);
  });
}

/** EPIPE: the other end of the pipe was closed. EIO: the terminal is gone. */
function isGone(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'EIO' || error.code === 'ERR_STREAM_DESTROYED');
}
