/** Text made of what has a meaning to terminals, Markdown or shells, more often than of letters. */
import fc from 'fast-check';

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const CONTROLS = [
  '\u001b[',
  '\u001b]0;',
  '\u009b',
  '\u009d',
  '\u0085',
  '\u00a0',
  '\u202e',
  '\u2028',
  '\u200d',
  '\ufeff',
  '\ufe0f',
];
const MARKS = ['|', '\\', '`', '```', '<', '&', '中', 'é', '\u0301', '👍', '👩‍👩‍👧', '🇩🇪', '😀', '\u{10ffff}'];

export const nastyText = fc.string({ unit: fc.constantFrom(...ASCII, ...CONTROLS, ...MARKS) });
