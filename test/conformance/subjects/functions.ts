/** The functions of the language. */
import { type Subject, works } from '../rig/feature.ts';
import { cannotEvaluate, evaluates } from '../rig/language.ts';
import { shareRun } from '../rig/run.ts';

const run = shareRun({
  files: {
    'locks/a.lock': 'a\n',
    'locks/b.lock': 'b\n',
    'locks/deep/c.lock': 'c\n',
    'other.txt': 'x\n',
  },
});

/** The sum of the sums of files, each as its bytes, by other means. */
const SUM = [
  'sum() { for f; do sha256sum "$f" | cut -c1-64 | tr -d "\\n"; done | node -e \'const h = require("crypto").createHash("sha256"); h.update(Buffer.from(require("fs").readFileSync(0, "utf8"), "hex")); console.log(h.digest("hex"))\'; }',
];

function hashes(expression: string, ...files: readonly string[]): string {
  return [
    'steps:',
    '  - run: |',
    ...SUM.map((line) => `      ${line}`),
    `      test "\${{ ${expression} }}" = "$(sum ${files.join(' ')})" && echo "= same"`,
  ].join('\n');
}

const SAME = { says: ['same'] };

export const functions: Subject = {
  title: 'Functions',
  features: [
    works(
      '`contains`: a part of a text, whatever its letter case, or an item of a list',
      evaluates("contains('Hello', 'ELL')", true),
      evaluates('contains(123, 2)', true),
      evaluates("contains(people.*.name, 'BOB')", true),
      evaluates("contains(fromJSON('[1, 2]'), '2')", true),
      evaluates("contains(o, 'x')", false),
      evaluates("contains('x', o)", false),
      evaluates("contains('abc', '')", true),
    ),
    works(
      '`startsWith` and `endsWith`, whatever the letter case; lists and objects give false',
      evaluates("startsWith('Hello', 'he')", true),
      evaluates("endsWith('Hello', 'LO')", true),
      evaluates('startsWith(123, 12)', true),
      evaluates("startsWith(o, 'O')", false),
      evaluates("endsWith('x', people)", false),
    ),
    works(
      '`format`: `{0}`, `{{`, `}}`',
      evaluates("format('{1} {0} {1}', 'a', 'b')", 'b a b'),
      evaluates("format('{{0}} {{{0}}}', 'x')", '{0} {x}'),
      evaluates("format('no arguments')", 'no arguments'),
      cannotEvaluate("format('{1}', 'a')", 'The following format string'),
      cannotEvaluate("format('{0', 'a')", 'The following format string'),
      cannotEvaluate("format('}', 'a')", 'The following format string'),
      cannotEvaluate("format('{0:x}', 1)", "The format specifiers 'x' are not valid"),
    ),
    works(
      '`join`, with `,` or what is said',
      evaluates('join(people.*.name)', 'ann,bob'),
      evaluates("join(people.*.name, ' and ')", 'ann and bob'),
      evaluates("join(fromJSON('[1, null, true, [2], {}]'), '-')", '1--true-Array-Object'),
      evaluates("join('text', '-')", 'text'),
      evaluates('join(o)', ''),
      evaluates('join(people.*.name, o)', 'ann,bob'),
    ),
    works(
      '`toJSON`: two blanks for each level',
      evaluates('toJSON(fromJSON(\'{"a": [1, {}], "b": []}\'))', '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'),
      evaluates("toJSON('q\"\\')", '"q\\"\\\\"'),
      evaluates('toJSON(null)', 'null'),
      evaluates('toJSON(1e15)', '1E+15'),
    ),
    works(
      '`fromJSON`, as leniently as the runner: comments, single quotes, bare keys, trailing commas, whatever follows',
      evaluates('fromJSON(\'{"a": 1}\').A', 1),
      evaluates("fromJSON('{a: 1,}').a", 1),
      evaluates("fromJSON('{''a'': ''b''}').a", 'b'),
      evaluates("fromJSON('/* c */ [1]')[0]", 1),
      evaluates("fromJSON('1 2')", 1),
      evaluates('fromJSON(\'{"constructor": 1}\').constructor', 1),
      cannotEvaluate("fromJSON('')", 'Error parsing fromJson'),
      cannotEvaluate("fromJSON('{')", 'Error parsing fromJson'),
    ),
    works(
      '`case`: the value behind the first condition that is true; the others are not evaluated',
      evaluates('case(false, 1, true, 2, 3)', 2),
      evaluates("case(false, 1, 'else')", 'else'),
      evaluates("case(true, 1, fromJSON('bad'))", 1),
      cannotEvaluate("case('true', 1, 2)", 'case predicate must evaluate to a boolean value'),
      cannotEvaluate('case(true, 1)', 'Too few parameters'),
      cannotEvaluate('case(true, 1, true, 2)', 'requires an odd number of parameters'),
    ),
    works(
      '`hashFiles`: the sum of the sums of the files that the patterns match in the workspace, in the order of their paths',
      run.job(hashes("hashFiles('locks/*.lock')", 'locks/a.lock', 'locks/b.lock'), SAME),
      run.job(hashes("hashFiles('**/*.lock')", 'locks/a.lock', 'locks/b.lock', 'locks/deep/c.lock'), SAME),
      run.job(hashes("hashFiles('other.txt')", 'other.txt'), SAME),
    ),
    works(
      '`hashFiles`: `!` leaves out, in the order of the patterns; without a match it is empty',
      run.job(hashes("hashFiles('locks/**', '!locks/deep/**', '!**/b.lock')", 'locks/a.lock'), SAME),
      run.job("steps: [{ run: 'echo \"= [${{ hashFiles(''nothing/**'') }}]\"' }]", { says: ['[]'] }),
    ),
    works(
      '`hashFiles` passes over what is outside the workspace, and sees what steps have written',
      run.job("steps: [{ run: 'echo \"= [${{ hashFiles(''/etc/hostname'') }}]\"' }]", { says: ['[]'] }),
      run.job(
        [
          'steps:',
          '  - run: echo new > made.lock',
          "  - if: hashFiles('made.lock') != ''",
          '    run: echo "= it is there"',
        ].join('\n'),
        { says: ['it is there'] },
      ),
    ),
    works(
      '`success`, `failure`, `cancelled` and `always` of a step ask for the state of the job so far',
      run.job(
        [
          'steps:',
          '  - run: exit 1',
          '  - { if: success(), run: echo "= success" }',
          '  - { if: failure(), run: echo "= failure" }',
          '  - { if: cancelled(), run: echo "= cancelled" }',
          '  - { if: always(), run: echo "= always" }',
          '  - { if: "!cancelled()", run: echo "= not cancelled" }',
        ].join('\n'),
        { ends: 'exit-code', says: ['failure', 'always', 'not cancelled'] },
      ),
    ),
    works(
      '`hashFiles` takes `--follow-symbolic-links` before its patterns, and no other option',
      run.job("steps: [{ run: 'echo \"= ${{ hashFiles(''--follow-symbolic-links'', ''no.txt'') }}\"' }]", {
        says: [''],
      }),
      run.job("steps: [{ run: 'echo \"= ${{ hashFiles(''--wrong'') }}\"' }]", {
        ends: 'expression',
        log: [/Invalid glob option/],
      }),
    ),
  ],
};
