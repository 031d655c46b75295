import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseCommand } from './syntax.ts';

const known = new Set(['error', 'set-output', 'group']);
const isKnown = (name: string): boolean => known.has(name.toLowerCase());

type Expected = readonly [name: string, properties: Readonly<Record<string, string>>, data: string] | undefined;

// 3.1: v2 at the start of a line, v1 anywhere, each with its own escapes; unknown names are plain output.
it.each<readonly [string, string, Expected]>([
  ['no properties', '::error::it broke', ['error', {}, 'it broke']],
  ['properties', '::error file=a.ts,line=3::x', ['error', { file: 'a.ts', line: '3' }, 'x']],
  ['no data', '::group::', ['group', {}, '']],
  ['white space before it', ' \t::error::x', ['error', {}, 'x']],
  ['text before it', 'see ::error::x', undefined],
  ['a byte order mark is no white space', '\uFEFF::error::x', undefined],
  ['letter case', '::ERROR File=a::x', ['ERROR', { file: 'a' }, 'x']],
  ['unknown', '::nothing::x', undefined],
  ['not closed', '::error file=a', undefined],
  ['a space is part of the next name', '::error a=1, line=2::', ['error', { a: '1', ' line': '2' }, '']],
  ['a space before the name', ':: error::x', undefined],
  ['more colons in the data', '::error::a::b', ['error', {}, 'a::b']],
  ['escapes of data', '::error::a%0Ab%0Dc%25d%3Ae%2Cf', ['error', {}, 'a\nb\rc%d%3Ae%2Cf']],
  ['escapes of a property', '::error title=a%3Ab%2Cc%25%0A::x', ['error', { title: 'a:b,c%\n' }, 'x']],
  ['an escaped escape is unescaped once', '::error::%250A', ['error', {}, '%0A']],
  ['lower-case codes are text', '::error::%0a', ['error', {}, '%0a']],
  ['a property without a value', '::error file=,line::x', ['error', {}, 'x']],
  ['equals signs', '::error a==b,=c=d=e,f=g=::x', ['error', { a: 'b', c: 'd=e', f: 'g=' }, 'x']],
  ['the last of a name', '::error file=a,FILE=b::', ['error', { file: 'b' }, '']],
  ['old form', '##[error]x', ['error', {}, 'x']],
  ['old form in a line', 'now ##[error file=a;line=2]x', ['error', { file: 'a', line: '2' }, 'x']],
  ['old form, escapes', '##[error t=a%3Bb%5Dc%2C]d%3B%5D%0A%25', ['error', { t: 'a;b]c%2C' }, 'd;]\n%']],
  ['old form, not closed', '##[error', undefined],
  ['old form, unknown', '##[section]x', undefined],
  ['new form unknown, old form behind it', '::nothing::##[error]x', ['error', {}, 'x']],
])('%s', (_, line, expected) => {
  const command = parseCommand(line, isKnown);
  expect(command && [command.name, Object.fromEntries(command.properties), command.data]).toEqual(expected);
});

it('takes any line', () => {
  const unit = fc.constantFrom('::', '##[', ']', '=', ',', ';', '%', '25', '0A', ' ', 'error', 'é', '\u2028');
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20 }), (parts) => {
      const line = parts.join('');
      const command = parseCommand(line, isKnown);
      expect(command === undefined || isKnown(command.name)).toBe(true);
    }),
  );
});

it('reads back what @actions/core writes', () => {
  const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (title, message) => {
      fc.pre(title.trim() === title && !title.startsWith('='));
      const command = parseCommand(`::error title=${property(title)}::${data(message)}`, isKnown);
      expect([command?.properties.get('title'), command?.data]).toEqual([title, message]);
    }),
  );
});
