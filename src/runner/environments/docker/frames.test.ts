import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterOpening, createFrameReader, messageFrame, OPENING, outputFrame, streamFrame } from './frames.ts';

function reader() {
  const seen: string[] = [];
  const read = createFrameReader({
    message: (text) => void seen.push(text),
    output: (id, bytes) => void seen.push(`${id}:${Buffer.from(bytes).toString('latin1')}`),
    stream: (id, bytes) => void seen.push(`stream ${id}:${Buffer.from(bytes).toString('latin1')}`),
  });
  return { seen, read };
}

it('frames come out as they went in, wherever the stream is cut', () => {
  const frame = fc.oneof(
    fc.nat({ max: 99 }).map((id) => ({ bytes: messageFrame({ op: 'ack', id }), text: `{"op":"ack","id":${id}}` })),
    fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 50 })).map(([id, bytes]) => ({
      bytes: outputFrame(id, bytes),
      text: `${id}:${Buffer.from(bytes).toString('latin1')}`,
    })),
    fc.nat().map((id) => ({ bytes: streamFrame(id, Buffer.from('x')), text: `stream ${id}:x` })),
  );
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (frames, size) => {
      const { seen, read } = reader();
      const whole = Buffer.concat(frames.map(({ bytes }) => bytes));
      for (let at = 0; at < whole.length; at += size) expect(read(whole.subarray(at, at + size))).toBe(true);
      expect(seen).toEqual(frames.map(({ text }) => text));
    }),
  );
});

it.each([
  ['a frame that is too long', Buffer.from([255, 255, 255, 255, 1])],
  ['a kind that is none', Buffer.from([0, 0, 0, 1, 9, 0])],
  ['output without an id', Buffer.from([0, 0, 0, 1, 2, 0])],
  ['a stream without an id', Buffer.from([0, 0, 0, 1, 3, 0])],
])('%s is no frame', (_, bytes) => {
  expect(reader().read(bytes)).toBe(false);
});

it.each([1, 3, 100])('what stands before the opening is passed over, in parts of %i bytes', (size) => {
  const { seen, read } = reader();
  const take = afterOpening(read);
  const whole = Buffer.concat([Buffer.from('{"stream":true}'), OPENING, messageFrame({ op: 'ack', id: 1 })]);
  for (let at = 0; at < whole.length; at += size) expect(take(whole.subarray(at, at + size))).toBe(true);
  expect(seen).toEqual(['{"op":"ack","id":1}']);
});
