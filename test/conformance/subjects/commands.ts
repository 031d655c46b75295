/** Workflow commands in the output of steps, and masks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createMasker } from '../../../src/shared/mask.ts';
import { type Check, differs, type Subject, works } from '../rig/feature.ts';
import { body, type Expected, shareRun, steps } from '../rig/run.ts';

const SECRET = 'open sesame';
const run = shareRun({
  args: ['--secret', `S=${SECRET}`, '--secret', 'LINES=first line\n\n  second line  ', '--secret', 'ONE=~'],
});
const tokens = shareRun({ args: ['--secret', 'GITHUB_TOKEN=ghs_0123456789'] });
const debugging = shareRun({ args: ['--var', 'ACTIONS_STEP_DEBUG=true'] });

const verbose = shareRun({ args: ['--var', 'ACTIONS_RUNNER_DEBUG=true'] });

/** A job that says these lines. */
function says(lines: readonly string[], expected: Expected): Check {
  return run.job(steps(["cat <<'END'", ...lines, 'END'].join('\n')), expected);
}

const FAILS = { ends: expect.anything() as string };

export const commands: Subject = {
  title: 'Workflow commands',
  features: [
    works(
      '`::name key=value,…::data` at the start of a line, `##[name key=value;…]data` anywhere in it; on stdout and stderr; unknown names are output',
      says(['  ::warning::indented', 'text ::warning::not one', 'text ##[warning]old', '::nothing::x'], {
        annotations: ['warning indented', 'warning old'],
        log: ['text ::warning::not one', '::nothing::x'],
      }),
      run.job(steps('echo "::notice::told" >&2'), { annotations: ['notice told'] }),
    ),
    works(
      'Lines end at `\\n`, `\\r\\n` or a lone `\\r`, and at the end of the output; names know no letter case',
      run.job(steps('printf "a\\r::notice::one\\r\\n::NOTICE::two\\n::notice::three"'), {
        annotations: ['notice one', 'notice two', 'notice three'],
      }),
    ),
    works(
      'Escapes: `%0A`, `%0D`, `%25`; in properties `%3A` and `%2C` as well',
      says(['::error title=a%3Ab%2Cc%25::one%0Atwo 100%25'], { annotations: ['error one\ntwo 100%'] }),
    ),
    works(
      'Escapes of the older form: `%3B`, `%5D`',
      says(['##[error title=a;file=src/a.js]b%3Bc%5Dd'], { annotations: ['error src/a.js b;c]d'] }),
    ),
    works(
      '`error`, `warning`, `notice` with title, file and place; a place that makes no sense is left out',
      says(
        [
          '::error file=src/a.js,line=3,col=5,endLine=4,title=T::there',
          '::warning file=src/a.js,col=5::no line',
          '::notice line=3,endLine=2::backwards',
          '::notice file=src/a.js,line=x::no number',
          '::notice file=src/a.js,line=3,endLine=4,col=1::columns of two lines',
        ],
        {
          annotations: [
            'error src/a.js:3 there',
            'warning src/a.js no line',
            'notice backwards',
            'notice src/a.js no number',
            'notice src/a.js:3 columns of two lines',
          ],
        },
      ),
      run.job(steps('echo "::error file=$PWD/src/a.js,line=1::from the root"\necho "::error file=/etc/x::elsewhere"'), {
        annotations: ['error src/a.js:1 from the root', 'error /etc/x elsewhere'],
      }),
    ),
    works(
      'Ten annotations of each level are kept for a step, and 4096 characters of each',
      run.job(steps('printf "::notice::"; head -c 5000 /dev/zero | tr "\\0" x; echo'), {
        annotations: [`notice ${'x'.repeat(4096)}`],
      }),
      run.job(steps('for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "::notice::$n"; done\necho "::warning::w"'), {
        annotations: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'].map((n) => `notice ${n}`).concat('warning w'),
      }),
    ),
    works(
      '`group` and `endgroup`',
      says(['::group::Title', 'inside', '::endgroup::'], { log: ['##[group]Title\ninside\n##[endgroup]\n'] }),
      says(['::group::a', '::group::b', '::endgroup::', '::endgroup::', '::endgroup::'], {
        log: ['##[group]a\n##[group]b\n##[endgroup]\n##[endgroup]\n##[endgroup]\n'],
      }),
    ),
    works(
      '`debug` is seen with ACTIONS_STEP_DEBUG, as a secret or a variable, and so is RUNNER_DEBUG',
      says(['::debug::details'], { without: ['##[debug]details'] }),
      debugging.job(steps('echo "::debug::details"\necho "= $RUNNER_DEBUG ${{ runner.debug }}"'), {
        log: ['##[debug]details'],
        says: ['1 1'],
      }),
    ),
    works(
      '`set-output` and `save-state` still work, with a warning',
      run.job(steps('- id: s\n  run: echo "::set-output name=a::1%25"', 'echo "= ${{ steps.s.outputs.a }}"'), {
        says: ['1%'],
        annotations: [expect.stringContaining('The `set-output` command is deprecated')],
      }),
    ),
    works(
      '`set-env` and `add-path` are errors, unless ACTIONS_ALLOW_UNSECURE_COMMANDS is true',
      says(['::set-env name=A::1'], { ...FAILS, log: ['The `set-env` command is disabled'] }),
      says(['::add-path::/x'], { ...FAILS, log: ['The `add-path` command is disabled'] }),
      run.job(
        body(
          'env: { ACTIONS_ALLOW_UNSECURE_COMMANDS: true }',
          'echo "::set-env name=A::1"\necho "::add-path::/made"',
          'echo "= $A ${PATH%%:*}"',
        ),
        { says: ['1 /made'] },
      ),
      run.job(body('env: { ACTIONS_ALLOW_UNSECURE_COMMANDS: true }', 'echo "::set-env name=NODE_OPTIONS::x"'), {
        ...FAILS,
        log: ["Can't update NODE_OPTIONS"],
      }),
    ),
    works(
      '`stop-commands::TOKEN` until `::TOKEN::`; weak tokens are errors',
      says(['::stop-commands::aRandomToken', '::warning::not seen', '::aRandomToken::', '::warning::seen'], {
        annotations: ['warning seen'],
      }),
      says(
        [
          '::stop-commands::a-token',
          '::stop-commands::other',
          '::warning::no',
          '::A-TOKEN::',
          '::warning::yes',
          'a-token',
        ],
        { annotations: ['warning yes'], log: ['::A-TOKEN::', '\n***\n'] },
      ),
      says(['::stop-commands::tok', '::tok::', '::stop-commands::tok', '::warning::no', '::tok::', '::notice::yes'], {
        annotations: ['notice yes'],
      }),
      run.job(steps('echo "::stop-commands::left-open"', 'echo "::notice::another step"'), {
        annotations: ['notice another step'],
      }),
      run.job(
        body(
          'env: { ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS: true }',
          'echo "::stop-commands::warning"\necho "::notice::no"\necho "::warning::"\necho "::notice::yes"',
        ),
        { annotations: ['notice yes'] },
      ),
      says(['::stop-commands::'], FAILS),
      says(['::stop-commands::pause-logging'], FAILS),
      says(['::stop-commands::warning'], FAILS),
    ),
    works(
      '`echo::on` shows commands in the log as they are written',
      says(['::set-output name=a::1', '::echo::on', '::set-output name=b::2', '::echo::off', '::echo::perhaps'], {
        ...FAILS,
        log: ['::set-output name=b::2', 'Invalid echo command value'],
      }),
    ),
    works(
      'Each stage and each step begins with commands that are heard, and with `echo` off',
      run.job(steps('echo "::echo::on"', 'echo "::set-output name=a::1"'), { without: [/^::set-output/m] }),
      debugging.job(steps('echo "::set-output name=a::1"'), { log: [/^::set-output name=a::1$/m] }),
    ),
    works(
      'A command that fails makes its step fail, whatever the exit code',
      says(['::save-state::x', 'goes on'], {
        ...FAILS,
        log: ["Unable to process command '::save-state::x' successfully.", 'goes on'],
      }),
      says(['::set-output name=::x'], {
        ...FAILS,
        log: ["Required field 'name' is missing in ##[set-output] command."],
      }),
    ),
    works(
      '`internal-set-repo-path`, of old versions of `actions/checkout`, is heard and changes nothing',
      run.job(
        steps(
          'echo "::internal-set-repo-path repoFullName=a/b;workspaceRepo=true::/nowhere"',
          'echo "= ${{ github.workspace != \'/nowhere\' }}"',
        ),
        { says: ['true'], without: [/^::internal/m] },
      ),
    ),
    differs(
      'ACTIONS_RUNNER_DEBUG, as a secret or a variable: the diagnostic log of the runner',
      'there is none besides the journal of the run, which is written in any case',
      verbose.job(steps('echo "= [$RUNNER_DEBUG]"'), { says: ['[]'] }),
      verbose.whole('the journal', ({ events }) => events.length > 0, true),
    ),
  ],
};

/** What is left of a text when this is secret. */
function masks(secret: string, text: string, expected: string): Check {
  return {
    what: `${JSON.stringify(secret)} in ${JSON.stringify(text)}`,
    actual: () => createMasker([secret], { shortest: 1 }).maskText(text),
    expected,
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

export const secrets: Subject = {
  title: 'Secrets and masks',
  features: [
    works(
      'Secrets are `***` in logs, annotations, summaries and outputs of the run',
      run.job(
        steps(
          'echo "= ${{ secrets.S }} ${{ secrets.s }}"\necho "::warning::is ${{ secrets.S }}"\necho "in ${{ secrets.S }}" >> "$GITHUB_STEP_SUMMARY"',
        ),
        { says: ['*** ***'], annotations: ['warning is ***'], summary: 'in ***\n', without: [SECRET] },
      ),
      run.job(steps(`echo "::warning file=src/\${{ secrets.S }}.js::$(printf %4090s x)\${{ secrets.S }}"`), {
        annotations: [`warning src/***.js ${'x'.padStart(4090)}***`],
        without: [SECRET.slice(0, 6)],
      }),
      run.whole(
        'what the run leaves',
        ({ stdout, stderr, repository, run: id }) => {
          const folder = join(repository.root, 'logs/runs', id ?? '');
          const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
          const texts = files.map(({ name }) => readFileSync(join(folder, name), 'utf8'));
          return [stdout, stderr, ...texts].filter((text) => text.includes(SECRET));
        },
        [],
      ),
    ),
    works(
      'The names of steps are masked, and what is put together of a token as git does for GitHub',
      run.job(steps('- name: with ${{ secrets.S }}\n  run: "true"'), { steps: ['with *** success'] }),
      tokens.job(
        steps('- env: { T: "${{ github.token }}" }\n  run: echo "= $(printf %s "x-access-token:$T" | base64) $T"'),
        { says: ['*** ***'] },
      ),
    ),
    works('A secret that is not there is empty', run.job(steps('echo "= [${{ secrets.NOPE }}]"'), { says: ['[]'] })),
    works(
      'Each line of a secret is one, trimmed, also the only character of a short one',
      run.job(steps("echo '= first line / second line / ~100'"), { says: ['*** / *** / ***100'] }),
    ),
    works(
      '`add-mask`: the value, and each of its lines',
      run.job(steps('echo "::add-mask::mellon%0Afriend"\necho "= say friend and mellon"', 'echo "= mellon"'), {
        says: ['say *** and ***', '***'],
      }),
      run.job(steps('echo "::add-mask::"'), {
        annotations: [expect.stringContaining("Can't add secret mask for empty string")],
      }),
    ),
    works(
      'Masked in base64 as well, wherever the secret stands in what is encoded',
      masks('sesame-street', base64('sesame-street'), '***'),
      {
        what: 'inside of others',
        actual: () =>
          ['', 'x', 'xy'].map((before) =>
            createMasker(['sesame-street'], { shortest: 1 })
              .maskText(base64(`${before}sesame-street!`))
              .includes('***'),
          ),
        expected: [true, true, true],
      },
    ),
    works(
      'Masked in JSON, in URLs, in XML, in quotes',
      masks('a"b\\c', JSON.stringify('a"b\\c'), '"***"'),
      masks('a b&c', encodeURIComponent('a b&c'), '***'),
      masks('a<b>&"c', 'a&lt;b&gt;&amp;&quot;c', '***'),
      masks("it's mine", "it''s mine", '***'),
      masks('"quoted value"', 'quoted value', '***'),
    ),
    works(
      'Masked as PowerShell shows what stands before and behind `&`',
      masks('before12&behind34', 'before12&', '***'),
      masks('before12&behind34', 'behind34', '***'),
      masks('before12&+behind&34', 'before12&+ b ehind&34', '*** b ***'),
    ),
    works('What overlaps or touches becomes one `***`', {
      what: 'two secrets',
      actual: () => createMasker(['abcdef', 'defghi'], { shortest: 1 }).maskText('x abcdefghi abcdefdefghi'),
      expected: 'x *** ***',
    }),
  ],
};
