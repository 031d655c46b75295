/** As much of the wire format of protocol buffers as the engine's builder is talked to in. */

/** Numbers are left out: nobody here asks for one beyond its sign of life. */
export interface Field {
  readonly number: number;
  /** Of a text, of bytes or of a message. Empty for any other kind. */
  readonly bytes: Buffer;
}

const END = new Error('a message ends too early');
const [VARINT, FIXED_64, BYTES, FIXED_32] = [0, 1, 2, 5];

/** The fields of a message in their order. What is no message has those that could be read. */
export function readFields(message: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = message[at++];
      // Ten bytes are the longest.
      if (byte === undefined || scale > 128 ** 9) throw END;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): Buffer => {
    if (length > message.length - at) throw END;
    at += length;
    return message.subarray(at - length, at);
  };
  const value = (kind: number): Buffer => {
    if (kind === BYTES) return take(varint());
    if (kind === FIXED_64 || kind === FIXED_32) take(kind === FIXED_64 ? 8 : 4);
    else if (kind === VARINT) varint();
    else throw END;
    return Buffer.alloc(0);
  };
  try {
    while (at < message.length) {
      const tag = varint();
      fields.push({ number: Math.floor(tag / 8), bytes: value(tag % 8) });
    }
  } catch (error) {
    if (error !== END) throw error;
  }
  return fields;
}

/** A field that is a text. */
export function textField(number: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([varintOf(number * 8 + BYTES), varintOf(bytes.length), bytes]);
}

function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}
