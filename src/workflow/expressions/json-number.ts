/** Numbers as the runner's JSON reader takes them. */
const DECIMAL = /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Undefined when the word is no number. A leading 0 means octal here, `0x` hexadecimal, of 64 bits with a sign. */
export function readJsonNumber(word: string): number | undefined {
  if (/^0x[0-9a-f]{1,16}$/i.test(word)) return int64(BigInt(word.toLowerCase()));
  if (/^0[^.e]/i.test(word)) {
    return /^[0-7]{1,22}$/.test(word) ? int64(BigInt(`0o${word}`)) : undefined;
  }
  return DECIMAL.test(word) ? Number(word) : undefined;
}

function int64(value: bigint): number {
  return Number(BigInt.asIntN(64, value));
}
