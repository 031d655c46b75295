/** Numbers as text and back, as .NET's invariant culture does it, since that is what GitHub's runner is made of. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITY = /^([+-]?)infinity$/i;
const DIGITS = 15;

/** The number that a text stands for: '' is 0, and what is no number is NaN. */
export function parseNumber(text: string): number {
  const trimmed = text.trim();
  if (trimmed === '') return 0;
  if (DECIMAL.test(trimmed)) return Number(trimmed);
  if (/^0x[0-9a-fA-F]+$/.test(trimmed)) return int32(Number.parseInt(trimmed.slice(2), 16));
  if (/^0o[0-7]+$/.test(trimmed)) return int32(Number.parseInt(trimmed.slice(2), 8));
  const infinite = INFINITY.exec(trimmed);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number.NaN;
}

/** Hexadecimal and octal are read as 32 bits with a sign: `0xFFFFFFFF` is -1. */
function int32(value: number): number {
  return value <= 0xffffffff ? value | 0 : Number.NaN;
}

/** At most 15 digits, with an exponent from 1E+15 up and from 1E-05 down (.NET's `G15`). */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return String(value);
  const [mantissa = '', exponentText = '0'] = roundToDigits(value).split('e');
  const exponent = Number(exponentText);
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '').replace(/0+$/, '');
  if (exponent >= DIGITS || exponent < -4) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}E${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** In scientific form with 15 digits; exactly half-way goes to the even digit, where JavaScript goes up. */
function roundToDigits(value: number): string {
  const beyond = 46;
  const [mantissa = '', exponent = '0'] = value.toExponential(DIGITS - 1 + beyond).split('e');
  const kept = mantissa.slice(0, -beyond);
  const isHalfway = /^50*$/.test(mantissa.slice(-beyond));
  if (isHalfway && Number(kept.at(-1)) % 2 === 0) return `${kept}e${exponent}`;
  return value.toExponential(DIGITS - 1);
}
