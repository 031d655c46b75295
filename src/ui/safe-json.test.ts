import { expect, it } from 'vitest';
import { safeJson } from './safe-json.ts';

it('is the same JSON, with nothing in it that a terminal would obey or hide', () => {
  const value = { text: 'a\u001b[2J\u009b31m\u202e\u2028b', smile: '\u{1f600}', tag: '\u{e0041}' };
  const json = safeJson(value);
  expect(JSON.parse(json)).toEqual(value);
  expect(json.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}|\p{Zl}/u);
  expect(json).toContain('\u{1f600}');
});
