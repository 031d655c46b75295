import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../shared/diagnostic.ts';
import { renderDiagnostics } from './diagnostics.ts';

const FILE = 'o.yaml';
const TEXT = 'version: 1\ntasks:\n  - name: api\n    depend_on: [db]\n';

function at(line: number, column: number, length = 1, file = FILE): NonNullable<Diagnostic['at']> {
  return { file, range: { start: { line, column }, end: { line, column: column + length } } };
}

const unknownKey: Diagnostic = {
  severity: 'error',
  code: 'unknown-key',
  message: 'task "api" has no key "depend_on"',
  at: at(4, 5, 9),
  hint: 'did you mean "depends_on"?',
};
const warning: Diagnostic = { severity: 'warning', code: 'odd', message: 'hm', at: at(3, 11, 3) };
/** Control characters, and those that hide or turn text. */
const OBEYED = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u;
const sources = new Map([[FILE, TEXT]]);

describe('for people', () => {
  it('shows the place, the line, the mark and the way out', () => {
    expect(renderDiagnostics([unknownKey], 'text', { sources })).toBe(
      [
        'o.yaml:4:5: error: task "api" has no key "depend_on" [unknown-key]',
        '    4 |     depend_on: [db]',
        '      |     ^^^^^^^^^',
        '  hint: did you mean "depends_on"?',
        '',
        '1 error in o.yaml',
        '',
      ].join('\n'),
    );
  });

  it("shows GitHub's own line as it is, and what else there is to say below it", () => {
    const theirs: Diagnostic = { ...unknownKey, wording: 'github', message: "Unexpected value 'depend_on'" };
    expect(renderDiagnostics([theirs], 'text', { sources })).toBe(
      [
        "o.yaml (Line: 4, Col: 5): Unexpected value 'depend_on'",
        '  --> o.yaml:4:5 [unknown-key]',
        '    4 |     depend_on: [db]',
        '      |     ^^^^^^^^^',
        '  hint: did you mean "depends_on"?',
        '',
        '1 error in o.yaml',
        '',
      ].join('\n'),
    );
    const { at: _at, hint: _hint, ...nowhere } = theirs;
    expect(renderDiagnostics([nowhere])).toBe("Unexpected value 'depend_on'\n  --> [unknown-key]\n\n1 error\n");
    expect(renderDiagnostics([{ ...nowhere, at: { file: FILE } }])).toContain("o.yaml: Unexpected value 'depend_on'\n");
  });

  it('shows related places', () => {
    const related = [{ message: 'first used here', at: at(3, 11, 3) }];
    expect(renderDiagnostics([{ ...warning, at: at(4, 17, 2), related }], 'text', { sources })).toContain(
      ['  o.yaml:3:11: first used here', '    3 |   - name: api', '      |           ^^^'].join('\n'),
    );
  });

  it('sorts by place, counts, and puts notices about the whole file last', () => {
    const more: Diagnostic = { severity: 'notice', code: 'more-errors', message: '9 more', at: { file: FILE } };
    const whole: Diagnostic = { severity: 'error', code: 'x', message: 'all of it', at: { file: FILE } };
    const text = renderDiagnostics([more, unknownKey, warning, whole], 'text', {});
    expect([...text.matchAll(/\[(.*?)\]/g)].map(([, code]) => code)).toEqual([
      'x',
      'odd',
      'unknown-key',
      'more-errors',
    ]);
    expect(text.trimEnd().split('\n').at(-1)).toBe('2 errors, 1 warning in o.yaml');
  });

  it('keeps files together and counts them', () => {
    const other: Diagnostic = { ...warning, at: at(1, 1, 1, 'b.yaml') };
    const text = renderDiagnostics([unknownKey, other, warning], 'text', {});
    expect([...text.matchAll(/^(\S+?):\d/gm)].map(([, file]) => file)).toEqual([FILE, FILE, 'b.yaml']);
    expect(text).toContain('1 error, 2 warnings in 2 files');
  });

  it('goes without an excerpt when there is no source, range or line', () => {
    for (const place of [at(99, 1), { file: FILE }, at(1, 1, 1, 'unknown')]) {
      expect(renderDiagnostics([{ ...warning, at: place }], 'text', { sources })).not.toContain('|');
    }
    const { at: _at, ...nowhere } = warning;
    expect(renderDiagnostics([nowhere], 'text', { sources })).toBe('warning: hm [odd]\n\n1 warning\n');
  });

  it('is coloured when asked to', () => {
    const text = renderDiagnostics([unknownKey], 'text', { sources, chalk: new Chalk({ level: 1 }) });
    expect(text).toContain('\u001b[31m^^^^^^^^^');
  });

  it('says nothing about nothing', () => {
    expect(renderDiagnostics([], 'text', {})).toBe('');
    expect(renderDiagnostics([], 'github', {})).toBe('');
  });

  it('lets nothing through that a terminal would obey', () => {
    const evil = '\u001b]0;pwned\u0007\u009b31m\u202e\r\nx';
    const diagnostic: Diagnostic = {
      severity: 'error',
      code: 'x',
      message: evil,
      hint: evil,
      at: at(1, 1, 3, `f${evil}.yaml`),
      related: [{ message: evil, at: at(1, 1, 3, `f${evil}.yaml`) }],
    };
    const both = [diagnostic, { ...diagnostic, wording: 'github' as const }];
    const text = renderDiagnostics(both, 'text', { sources: new Map([[`f${evil}.yaml`, evil]]) });
    expect(text.replaceAll('\n', '')).not.toMatch(OBEYED);
  });
});

describe('for programs', () => {
  it('is one JSON object', () => {
    const json: unknown = JSON.parse(renderDiagnostics([unknownKey, warning], 'json'));
    expect(json).toEqual({ errors: 1, warnings: 1, diagnostics: [warning, unknownKey] });
  });

  it('escapes what a terminal would obey, and stays the same JSON', () => {
    const evil = { ...warning, message: '\u009b31m \u202e \u001b \u2028 \u{e0001}' };
    const text = renderDiagnostics([evil], 'json');
    expect(text.replaceAll('\n', '')).not.toMatch(OBEYED);
    expect(JSON.parse(text)).toMatchObject({ diagnostics: [evil] });
  });

  it('has an object for nothing', () => {
    expect(JSON.parse(renderDiagnostics([], 'json'))).toEqual({ errors: 0, warnings: 0, diagnostics: [] });
  });
});

describe('for GitHub', () => {
  it.each([
    [
      unknownKey,
      '::error file=o.yaml,line=4,endLine=4,col=5,endColumn=14,title=unknown-key::o.yaml (Line: 4, Col: 5): task "api" has no key "depend_on" (did you mean "depends_on"?)',
    ],
    [
      { ...warning, at: { file: 'a,b:c%\n.yaml' } },
      '::warning file=a%2Cb%3Ac%25%0A.yaml,title=odd::a,b:c%25 .yaml: hm',
    ],
    [
      { ...warning, at: { file: FILE, range: { start: { line: 1, column: 2 }, end: { line: 3, column: 1 } } } },
      '::warning file=o.yaml,line=1,endLine=3,title=odd::o.yaml (Line: 1, Col: 2): hm',
    ],
    [{ severity: 'notice', code: 'n', message: '100%\n::error::x' }, '::notice title=n::100%25 ::error::x'],
  ] satisfies readonly (readonly [Diagnostic, string])[])('%o', (diagnostic, line) => {
    expect(renderDiagnostics([diagnostic], 'github')).toBe(`${line}\n`);
  });
});
