/** Problem matchers: what steps add to the job, and what is found by them. */
import { expect } from 'vitest';
import { differs, type Subject, works } from '../rig/feature.ts';
import { shareRun, steps } from '../rig/run.ts';

const MATCHER = {
  problemMatcher: [
    {
      owner: 'lint',
      severity: 'warning',
      pattern: [{ regexp: '^(.+):(\\d+):(\\d+): (.+)$', file: 1, line: 2, column: 3, message: 4 }],
    },
    {
      owner: 'list',
      pattern: [
        { regexp: '^file (\\S+)$', file: 1 },
        { regexp: '^ (\\d+) (.+)$', line: 1, message: 2, loop: true },
      ],
    },
  ],
};

const OTHER = { problemMatcher: [{ owner: 'lint', pattern: [{ regexp: '^lint says (.+)$', message: 1 }] }] };

const WIDE = { problemMatcher: [{ owner: 'wide', pattern: [{ regexp: ': (bad)$', message: 1 }] }] };

const MORE = {
  problemMatcher: [
    {
      owner: 'more',
      pattern: [{ regexp: '^(.+?):(.+?):(.+?):(.+?):(.*)$', fromPath: 1, code: 2, severity: 3, file: 4, message: 5 }],
    },
  ],
};

/** Written for .NET: options, names that count behind what has none, the ends of a text. */
const DOTNET = {
  problemMatcher: [
    {
      owner: 'dotnet',
      pattern: [{ regexp: "\\A(?i)(?<file>[^:]+):(?'line'\\d+): ((?>bad).*)\\z", file: 2, line: 3, message: 1 }],
    },
  ],
};

const ONLY_THERE = { problemMatcher: [{ owner: 'there', pattern: [{ regexp: '^([a-z-[aeiou]]+)$', message: 1 }] }] };

const run = shareRun({
  files: {
    'matcher.json': JSON.stringify(MATCHER),
    'other.json': JSON.stringify(OTHER),
    'more.json': JSON.stringify(MORE),
    'wide.json': JSON.stringify(WIDE),
    'dotnet.json': JSON.stringify(DOTNET),
    'only-there.json': JSON.stringify(ONLY_THERE),
    'lib/p.json': '',
    'lib/src/a.js': '',
    'src/a.js': 'x\n',
  },
});

const FAILS = { ends: expect.anything() as string };

export const matchers: Subject = {
  title: 'Problem matchers',
  features: [
    works(
      '`add-matcher` and `remove-matcher`; the severity is that of the matcher, colours are passed over',
      run.job(
        steps(
          'echo "::add-matcher::matcher.json"\necho "src/a.js:1:2: bad"\nprintf "\\033[31msrc/a.js:2:3: red\\033[0m\\n"',
          'echo "src/a.js:3:1: later"\necho "::remove-matcher owner=lint::"\necho "src/a.js:4:1: no more"',
        ),
        {
          annotations: [
            expect.stringMatching(/^warning .*1:2 bad$/),
            expect.stringMatching(/2:3 red$/),
            expect.stringMatching(/3:1 later$/),
          ],
        },
      ),
    ),
    works(
      'A matcher with the same owner takes the place of the older one',
      run.job(
        steps(
          'echo "::add-matcher::matcher.json"\necho "::add-matcher::other.json"\necho "src/a.js:1:2: bad"\necho "lint says worse"',
        ),
        { annotations: ['error worse'] },
      ),
    ),
    works(
      'Of several matchers the newest is asked first, and what it takes the others do not see',
      run.job(
        steps(
          'echo "::add-matcher::matcher.json"\necho "::add-matcher::wide.json"\necho "src/a.js:1:2: bad"\necho "::remove-matcher owner=wide::"\necho "src/a.js:1:2: bad"',
        ),
        { annotations: ['error bad', 'warning src/a.js:1:2 bad'] },
      ),
    ),
    works(
      'Patterns of several lines, with `loop`',
      run.job(
        steps('echo "::add-matcher::matcher.json"\nprintf "file src/a.js\\n 1 one\\n 2 two\\nend\\n 3 none\\n"'),
        {
          annotations: [expect.stringMatching(/^error .*1 one$/), expect.stringMatching(/^error .*2 two$/)],
        },
      ),
    ),
    works(
      '`fromPath`, `code`, severities of a line; what has no message is none; a matcher that is none fails the step',
      run.job(
        steps(
          'echo "::add-matcher::more.json"\necho "lib/p.json:E1:notice:src/a.js:told"\necho "lib/p.json:E1:odd:src/a.js:untold"\necho "lib/p.json:E1:error:src/a.js:"\necho "= shown"',
        ),
        { annotations: ['notice lib/src/a.js told'], says: ['shown'], log: ['lib/p.json:E1:odd:src/a.js:untold'] },
      ),
      run.job(steps('echo "::add-matcher::nowhere.json"'), {
        ...FAILS,
        log: ["Unable to process command '::add-matcher::nowhere.json' successfully."],
      }),
      run.job(steps('echo "::add-matcher::src/a.js"'), FAILS),
    ),
    works(
      "Patterns as .NET has them: inline options, `(?<name>…)` and `(?'name'…)`, which count behind groups without one, `(?>…)`, `\\A`, `\\z`, `\\Z`, `\\p{…}`",
      run.job(steps('echo "::add-matcher::dotnet.json"\necho "src/a.js:1: BAD one"\necho "src/a.js:1: good"'), {
        annotations: ['error src/a.js:1 BAD one'],
      }),
    ),
    differs(
      'Patterns that only .NET knows: sets without others, conditions, balancing groups',
      'a warning names it, and the matcher finds nothing',
      run.job(steps('echo "::add-matcher::only-there.json"\necho "xyz"\necho "= on"'), {
        annotations: [expect.stringContaining("warning The matcher 'there' finds nothing here")],
        says: ['on'],
      }),
    ),
    differs(
      'A file is named when it is there, in a checkout of this repository',
      'the working tree of the job is that checkout, also without `actions/checkout`',
      run.job(
        steps(
          'echo "::add-matcher::matcher.json"\necho "src/a.js:1:2: bad"\necho "nowhere.js:1:2: bad"\necho "/etc/hostname:1:2: bad"',
        ),
        {
          annotations: ['warning src/a.js:1:2 bad', 'warning 1:2 bad', 'warning 1:2 bad'],
        },
      ),
    ),
  ],
};
