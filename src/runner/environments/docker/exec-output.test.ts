import { expect, it } from 'vitest';
import { takeExecOutput } from './exec-output.ts';

function frame(text: string, stream = 1): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function* inParts(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const REFUSED = 'OCI runtime exec failed: exec failed: "no-such": executable file not found in $PATH\r\n';

it.each([
  ['both streams, in order', [frame('a'), frame('b', 2), frame('c')], 'abc', undefined],
  ['words of Docker alone', [frame(REFUSED)], '', REFUSED.trim()],
  ['words of Podman', [frame('Error: crun: x'), frame('Error: read unixpacket @')], '', 'Error: crun: x'],
  ['a program that speaks like an engine', [frame(REFUSED), frame('more')], `${REFUSED}more`, undefined],
  ['such words later', [frame('a'), frame(REFUSED)], `a${REFUSED}`, undefined],
  ['nothing', [], '', undefined],
])('%s', async (_, frames, output, refused) => {
  for (const size of [1, 7, 1000]) {
    let text = '';
    const end = await takeExecOutput(inParts(Buffer.concat(frames), size), (chunk) => {
      text += String(chunk);
    });
    expect({ text, end }).toEqual({ text: output, end: refused });
  }
});
