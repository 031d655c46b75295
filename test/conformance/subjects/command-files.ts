/** GITHUB_ENV and the other files that steps write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { differs, type Subject, works } from '../rig/feature.ts';
import { shareRun, steps } from '../rig/run.ts';

const run = shareRun();

/** A step that writes this to its outputs and then looks at them. */
function outputs(lines: string): string {
  return steps(
    `- id: w\n  continue-on-error: true\n  run: |\n    printf '%b' '${lines}' >> "$GITHUB_OUTPUT"`,
    'echo "= ${{ steps.w.outcome }}"\necho \'= ${{ toJSON(steps.w.outputs) }}\' | tr -d "\\n" | tr -s " "',
  );
}

function gives(lines: string, outcome: string, values: Readonly<Record<string, string>>) {
  const shown = JSON.stringify(values, undefined, 2).replaceAll('\n', '').replaceAll(/ +/g, ' ');
  return run.job(outputs(lines), { says: [outcome, shown] });
}

export const commandFiles: Subject = {
  title: 'Environment files',
  features: [
    works(
      'GITHUB_ENV: for the steps behind, not for the one that writes',
      run.job(
        steps(
          'echo "A=1" >> "$GITHUB_ENV"\necho "= [$A]"',
          'echo "= [$A] ${{ env.A }}"',
          '- env: { A: own }\n  run: echo "= [$A]"',
        ),
        {
          says: ['[]', '[1] 1', '[own]'],
        },
      ),
    ),
    works(
      'GITHUB_OUTPUT, GITHUB_STATE: `NAME=VALUE`, all of the value as it is written',
      gives('a=1\\nb=x=y <<z\\n\\nc= \\n', 'success', { a: '1', b: 'x=y <<z', c: ' ' }),
    ),
    works(
      '`NAME<<DELIMITER`: lines up to one that is the delimiter; the last line break is left out',
      gives('a<<EOF\\none\\n\\n two\\nEOF\\nb<<X\\nX\\nc<<EOF\\nEOF2\\nEOF', 'success', {
        a: 'one\n\n two',
        b: '',
        c: 'EOF2',
      }),
    ),
    works(
      'The delimiter may be any text; the line with it needs no line break behind it',
      gives('a<<=E\\nx\\n=E\\nb<<E F<<G\\ny\\nE F<<G\\nc d<<E\\n E\\ne\\nE ignored\\nE', 'success', {
        a: 'x',
        b: 'y',
        'c d': ' E\ne\nE ignored',
      }),
      gives('a<<E\\nx\\nE\\na=2', 'success', { a: '2' }),
    ),
    works(
      'A byte order mark at the beginning is passed over; so is a file that the step has removed',
      gives('\\0357\\0273\\0277a=1\\n', 'success', { a: '1' }),
      run.job(
        steps(
          '- id: r\n  run: rm "$GITHUB_OUTPUT" "$GITHUB_ENV" "$GITHUB_PATH" "$GITHUB_STATE" "$GITHUB_STEP_SUMMARY"',
          'echo "= ${{ steps.r.outcome }}"',
        ),
        { says: ['success'] },
      ),
      run.job(
        steps(
          '- id: d\n  continue-on-error: true\n  run: rm "$GITHUB_OUTPUT"; mkdir "$GITHUB_OUTPUT"; echo "A=kept" >> "$GITHUB_ENV"',
          'echo "= ${{ steps.d.outcome }} $A"',
        ),
        { says: ['failure kept'] },
      ),
    ),
    works(
      'An output of some megabytes is whole; a name may be anything but empty',
      run.job(
        steps(
          '- id: big\n  run: (printf "v="; head -c 3000000 /dev/zero | tr "\\0" x; printf "end\\n") >> "$GITHUB_OUTPUT"',
          "- if: startsWith(steps.big.outputs.v, 'xxx') && endsWith(steps.big.outputs.v, 'xend')\n  run: echo \"= whole\"",
        ),
        { says: ['whole'] },
      ),
      gives('=v\\n', 'failure', {}),
    ),
    works('A carriage return at the end of a line is part of the value', gives('a=1\\r\\n', 'success', { a: '1\r' })),
    works(
      'What cannot be read fails the step; what stood before it counts',
      gives('a=1\\nnonsense\\nb=2\\n', 'failure', { a: '1' }),
      gives('a<<EOF\\nnever closed\\n', 'failure', {}),
      gives('a<<EOF\\nnever closed', 'failure', {}),
      gives('a<<EOF', 'failure', {}),
      gives('a<<\\nb\\n', 'failure', {}),
      gives('a=1\\n<<EOF\\nx\\nEOF\\n', 'failure', { a: '1' }),
      run.job(steps('echo nonsense >> "$GITHUB_ENV"'), {
        ends: expect.anything() as string,
        log: ["Unable to process file command 'env' successfully.", "Invalid format 'nonsense'"],
      }),
    ),
    works(
      'The files are read when the step has failed too',
      run.job(
        steps(
          '- id: f\n  continue-on-error: true\n  run: echo "a=1" >> "$GITHUB_OUTPUT"; exit 1',
          'echo "= ${{ steps.f.outputs.a }}"',
        ),
        {
          says: ['1'],
        },
      ),
    ),
    works(
      'NODE_OPTIONS cannot be set; what GITHUB_ and RUNNER_ begin with is set in vain, CI is not',
      run.job(
        steps(
          'echo "NODE_OPTIONS=--bad" >> "$GITHUB_ENV"\necho "Node_Options=--bad" >> "$GITHUB_ENV"\necho "GITHUB_SHA=mine" >> "$GITHUB_ENV"\necho "RUNNER_OS=mine" >> "$GITHUB_ENV"\necho "CI=mine" >> "$GITHUB_ENV"',
          'test "$GITHUB_SHA" != mine && echo "= [$NODE_OPTIONS$Node_Options] $RUNNER_OS $CI ${{ env.GITHUB_SHA }}"',
        ),
        {
          says: ['[] Linux mine mine'],
          annotations: Array.from({ length: 2 }, () =>
            expect.stringContaining("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."),
          ),
        },
      ),
    ),
    works(
      'GITHUB_PATH: the newest entry comes first; one that is there moves',
      run.job(
        steps(
          'mkdir a b\necho "$PWD/a" >> "$GITHUB_PATH"\necho "$PWD/b" >> "$GITHUB_PATH"',
          'echo "= ${PATH:0:$((2 * ${#PWD} + 5))}" | sed "s#$PWD/##g"\necho "$PWD/a" >> "$GITHUB_PATH"',
          'echo "= ${PATH:0:$((2 * ${#PWD} + 5))}" | sed "s#$PWD/##g"',
        ),
        { says: ['b:a', 'a:b'] },
      ),
    ),
    works(
      'GITHUB_STEP_SUMMARY: masked, at most 1 MiB; of a step that failed too',
      run.job(steps('head -c 1048576 /dev/zero | tr "\\0" x >> "$GITHUB_STEP_SUMMARY"'), {
        summary: 'x'.repeat(1024 * 1024),
        annotations: [],
      }),
      run.job(steps('- continue-on-error: true\n  run: echo "bad" >> "$GITHUB_STEP_SUMMARY"; exit 1'), {
        summary: 'bad\n',
      }),
      run.job(
        steps(
          'echo "# Title" >> "$GITHUB_STEP_SUMMARY"\necho "::add-mask::mellon"',
          'echo "say mellon" >> "$GITHUB_STEP_SUMMARY"',
        ),
        {
          summary: '# Title\nsay ***\n',
        },
      ),
      run.job(steps('head -c 1100000 /dev/zero | tr "\\0" x >> "$GITHUB_STEP_SUMMARY"'), {
        summary: '',
        annotations: [
          expect.stringContaining('$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k'),
        ],
      }),
    ),
    differs(
      'Twenty step summaries of a job are shown',
      'the summary of the run has all of them',
      run.job(steps(...Array.from({ length: 21 }, (_, n) => `echo "sum ${n}" >> "$GITHUB_STEP_SUMMARY"`)), {
        summary: Array.from({ length: 21 }, (_, n) => `sum ${n}\n`).join(''),
      }),
      run.whole(
        'in summary.md',
        ({ repository, run: id }) =>
          readFileSync(join(repository.root, 'logs/runs', id ?? '', 'summary.md'), 'utf8').match(/^sum \d+$/gm)?.length,
        21,
      ),
    ),
    works(
      'The files lie in RUNNER_TEMP, new and empty for each step',
      run.job(
        steps(
          'for f in "$GITHUB_ENV" "$GITHUB_OUTPUT" "$GITHUB_STATE" "$GITHUB_PATH" "$GITHUB_STEP_SUMMARY"; do test -f "$f" && test ! -s "$f" && test "$(dirname "$f")" -ef "$RUNNER_TEMP/_runner_file_commands" && echo "= $(basename "$f" | sed "s/[0-9a-f-]*$//")"; done\necho x=1 >> "$GITHUB_OUTPUT"',
          'test ! -s "$GITHUB_OUTPUT" && echo "= new"',
        ),
        { says: ['set_env_', 'set_output_', 'save_state_', 'add_path_', 'step_summary_', 'new'] },
      ),
    ),
    works(
      'There is no GITHUB_ARTIFACTS file: it comes with a flag that is off',
      run.job(steps('echo "= [${GITHUB_ARTIFACTS-}] [${GITHUB_ARTIFACTS_LIST-}]"'), { says: ['[] []'] }),
    ),
  ],
};
