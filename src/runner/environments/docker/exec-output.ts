/** The output of an exec as the engine sends it: both streams in frames of one, taken no faster than the taker can. */

/** One byte for the stream, three without meaning, four for the length. */
const HEAD = 8;
/** With which the engine's own words begin when it could not start a command: Docker's, and Podman's in two parts. */
const REFUSAL = /^(?:Error: )?(?:OCI runtime exec failed: |exec failed: |crun: |runc: |read unixpacket )/;

/** Resolves at the end of the output, with the engine's words when these are all that came. */
export async function takeExecOutput(
  stream: AsyncIterable<unknown>,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<string | undefined> {
  let refusals: Buffer[] | undefined = [];
  for await (const payload of payloadsOf(stream)) {
    if (refusals !== undefined && REFUSAL.test(payload.toString('latin1', 0, 64))) {
      refusals.push(payload);
      continue;
    }
    for (const held of refusals ?? []) await take(held);
    refusals = undefined;
    await take(payload);
  }
  return refusals?.[0]?.toString().trim();
}

async function* payloadsOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    pending = pending.length === 0 ? bytesOf(chunk) : Buffer.concat([pending, bytesOf(chunk)]);
    for (let end = endOf(pending); end !== undefined; end = endOf(pending)) {
      yield pending.subarray(HEAD, end);
      pending = pending.subarray(end);
    }
  }
}

function endOf(bytes: Buffer): number | undefined {
  if (bytes.length < HEAD) return undefined;
  const end = HEAD + bytes.readUInt32BE(4);
  return end <= bytes.length ? end : undefined;
}

function bytesOf(chunk: unknown): Buffer {
  return chunk instanceof Uint8Array ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.alloc(0);
}
