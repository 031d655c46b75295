/** Steps: kinds, conditions, results, limits. */
import { expect } from 'vitest';
import { differs, type Subject, works } from '../rig/feature.ts';
import { readsJob, refusesJob } from '../rig/language.ts';
import { shareRun, steps } from '../rig/run.ts';

const run = shareRun({ files: { 'act/action.yml': 'runs: { using: composite, steps: [] }', 'sub/x.txt': 'x\n' } });

export const stepKinds: Subject = {
  title: 'Steps',
  features: [
    works(
      'A step has `run` or `uses`, and only the keys that go with it',
      refusesJob('steps: [{ name: x }]', "There's not enough info to determine what you meant"),
      refusesJob('steps: [{ run: x, uses: y }]', "Unexpected value 'uses'"),
      refusesJob('steps: [{ run: x, with: {} }]', "Unexpected value 'with'"),
      refusesJob('steps: [{ uses: a/b@c, shell: x }]', "Unexpected value 'shell'"),
    ),
    works(
      '`id`: unique in its job, whatever the letter case; those that begin with `__` are not for users',
      refusesJob('steps: [{ run: x, id: a }, { run: x, id: A }]', "The identifier 'A' may not be used more than once"),
      refusesJob('steps: [{ run: x, id: __a }]', "The identifier '__a' is invalid"),
    ),
    works(
      'Steps without an `id` have one for `github.action` and GITHUB_ACTION, and are not in `steps`',
      run.job(
        steps(
          'echo "= $GITHUB_ACTION"',
          'echo "= $GITHUB_ACTION ${{ github.action }}"',
          '- id: mine\n  run: echo "= $GITHUB_ACTION"',
          'echo "= ${{ join(steps.*.outcome) }}"',
        ),
        { says: ['__run', '__run_2 __run_2', 'mine', 'success'] },
      ),
    ),
    works(
      '`if`: without one, and around one that asks for no status, stands `success()`',
      run.job(
        steps(
          'exit 1',
          '- if: true\n  run: echo "= true"',
          '- if: ${{ github.event_name == \'push\' }}\n  run: echo "= push"',
          '- if: failure() && github.event_name == \'push\'\n  run: echo "= failure"',
          '- if: always()\n  run: echo "= always"',
        ),
        { ends: 'exit-code', says: ['failure', 'always'] },
      ),
    ),
    works(
      '`if` sees the `env` of its own step, and no secrets',
      run.job(steps('- if: env.WHO == \'me\'\n  env: { WHO: me }\n  run: echo "= it does"'), { says: ['it does'] }),
      refusesJob('steps: [{ run: x, if: secrets.x }]', "Unrecognized named-value: 'secrets'"),
    ),
    works(
      'An error in the `env` or the `if` of a step fails it, whatever its `continue-on-error`; the steps behind it are asked',
      run.job(
        steps(
          "- if: fromJSON('bad')\n  continue-on-error: true\n  run: echo never",
          '- if: failure()\n  run: echo "= failed"',
        ),
        { ends: 'expression', says: ['failed'] },
      ),
      run.job(
        steps(
          '- env: { A: "${{ fromJSON(\'bad\') }}" }\n  continue-on-error: true\n  run: echo never',
          '- if: failure()\n  run: echo "= failed"',
        ),
        { ends: 'expression', says: ['failed'] },
      ),
    ),
    works(
      'Without a `name` a step is called by the first line of its script, or by its action',
      run.job(steps('\necho one\necho two', '- uses: ./act', '- name: Mine\n  run: "true"'), {
        steps: ['Run echo one success', 'Run ./act success', 'Mine success'],
      }),
    ),
    works(
      'A `name`, or the first line of a script, with expressions',
      run.job(steps('- name: on ${{ github.event_name }}\n  run: "true"', 'echo ${{ github.event_name }}'), {
        steps: ['on push success', 'Run echo push success'],
      }),
    ),
    works(
      '`continue-on-error`, a boolean or an expression: the outcome is failure, the conclusion success',
      run.job(
        steps(
          '- id: a\n  continue-on-error: true\n  run: exit 1',
          "- id: b\n  env: { MAY: 'true' }\n  continue-on-error: ${{ env.MAY == 'true' }}\n  run: exit 1",
          '- id: c\n  if: false\n  run: exit 1',
          'echo "= ${{ steps.a.outcome }} ${{ steps.a.conclusion }} ${{ steps.b.conclusion }} ${{ steps.c.outcome }} ${{ steps.c.conclusion }} ${{ job.status }}"',
        ),
        { says: ['failure success success skipped skipped success'] },
      ),
    ),
    works(
      '`timeout-minutes`: a step that takes longer fails, and `continue-on-error` counts for it',
      run.job(
        steps(
          "- id: slow\n  name: Slow\n  timeout-minutes: ${{ fromJSON('0.01') }}\n  continue-on-error: true\n  run: exec sleep 60",
          'echo "= ${{ steps.slow.outcome }} ${{ steps.slow.conclusion }}"',
        ),
        { says: ['failure success'], log: [/Slow['"]? has timed out after 0.01 minutes/] },
      ),
    ),
    works(
      'A `timeout-minutes` that cannot be evaluated is told, and the step runs; 0 and less are none; a `continue-on-error` that cannot be evaluated forgives nothing',
      run.job(
        steps(
          '- timeout-minutes: ${{ fromJSON(\'x\') }}\n  run: echo "= runs"',
          '- timeout-minutes: 0\n  run: echo "= 0"',
          '- timeout-minutes: -1\n  run: echo "= -1"',
          "- continue-on-error: ${{ fromJSON('x') }}\n  run: exit 1",
          '- if: ${{ !success() }}\n  run: echo "= failed"',
        ),
        { ends: 'exit-code', says: ['runs', '0', '-1', 'failed'], log: ['determine the step timeout'] },
      ),
    ),
    works(
      '`working-directory`, in the workspace or absolute; one that is not there fails the step',
      run.job(
        steps(
          '- working-directory: sub\n  run: echo "= $(basename "$PWD")"',
          '- working-directory: ${{ runner.temp }}\n  run: test "$PWD" -ef "$RUNNER_TEMP" && echo "= temp"',
          '- continue-on-error: true\n  working-directory: nowhere\n  run: echo "= never"',
        ),
        { says: ['sub', 'temp'] },
      ),
    ),
    works(
      '`shell`, `uses` and `id` take no expressions',
      refusesJob('steps: [{ run: x, shell: "${{ env.S }}" }]', "Unrecognized named-value: 'env'"),
      refusesJob('steps: [{ uses: "a/b@${{ github.sha }}" }]', "Unrecognized named-value: 'github'"),
    ),
    works(
      '`steps.<id>.outputs`, `outcome` and `conclusion`; what is not there is empty',
      run.job(
        steps(
          '- id: a\n  run: echo "x=1" >> "$GITHUB_OUTPUT"',
          'echo "= ${{ steps.a.outputs.x }} ${{ steps.A.outputs.X }} [${{ steps.a.outputs.y }}] [${{ steps.z.outcome }}]"',
        ),
        { says: ['1 1 [] []'] },
      ),
      run.job(steps('- id: a\n  run: echo "x=1" >> "$GITHUB_OUTPUT"', "echo '= ${{ toJSON(steps) }}' | tr -d '\\n '"), {
        says: ['{"a":{"outputs":{"x":"1"},"outcome":"success","conclusion":"success"}}'],
      }),
    ),
    works(
      'What a step leaves running goes on for the steps behind it, and is ended with the job',
      run.job(
        steps(
          '(while :; do date > "$RUNNER_TEMP/alive"; sleep 0.05; done) > /dev/null 2>&1 &',
          'rm -f "$RUNNER_TEMP/alive"; until [ -e "$RUNNER_TEMP/alive" ]; do sleep 0.05; done; echo "= alive"',
        ),
        { says: ['alive'] },
      ),
    ),
    works(
      'The log of a step: its script, shell and `env` in a group, then what it says',
      run.job(steps('- env: { A: 1 }\n  run: |\n    echo "= x"\n    echo y'), {
        log: [
          '##[group]Run echo "= x"\n\u001b[36;1mecho "= x"\u001b[0m\n\u001b[36;1mecho y\u001b[0m\n',
          /^shell: \/\S+\/bash -e \{0\}$/m,
          /^env:\n {2}A: 1\n##\[endgroup\]$/m,
        ],
        says: ['x'],
      }),
      run.job(steps('exit 3'), {
        ends: 'exit-code',
        log: ['##[error]Process completed with exit code 3.'],
        annotations: [expect.stringContaining('error Process completed with exit code 3.')],
      }),
    ),
  ],
};

export const background: Subject = {
  title: 'Steps in the background',
  features: [
    works(
      '`background: true`: the steps behind it do not wait; what it leaves is known to others from its `wait` on',
      run.job(
        steps(
          '- id: b\n  background: true\n  run: |\n    until [ -e "$RUNNER_TEMP/go" ]; do sleep 0.05; done\n    echo "x=1" >> "$GITHUB_OUTPUT"\n    echo "E=1" >> "$GITHUB_ENV"',
          'echo "= [${{ steps.b.outcome }}] [${{ steps.b.outputs.x }}] [$E]"; touch "$RUNNER_TEMP/go"',
          '- wait: b',
          'echo "= ${{ steps.b.outcome }} ${{ steps.b.outputs.x }} $E"',
        ),
        { says: ['[] [] []', 'success 1 1'] },
      ),
    ),
    works(
      'Ten at once: more of them wait for their turn, the steps behind them do not',
      run.job(
        steps(
          ...Array.from(
            { length: 10 },
            (_, n) => `- background: true\n  run: touch s${n}; until [ -e go ]; do sleep 0.05; done`,
          ),
          '- id: eleventh\n  background: true\n  run: test -e go && echo "= then"',
          'until [ "$(ls s? | wc -l)" = 10 ]; do sleep 0.05; done\necho "= [${{ steps.eleventh.outcome }}]"; touch go',
        ),
        { says: ['[]', 'then'] },
      ),
    ),
    works(
      '`wait` for one or several: it fails when one of them has failed; `continue-on-error` forgives that',
      run.job(
        steps(
          '- id: good\n  background: true\n  run: "true"',
          '- id: bad\n  background: true\n  run: exit 1',
          '- id: w\n  wait: [good, bad]\n  continue-on-error: true',
          'echo "= ${{ steps.w.outcome }} ${{ steps.w.conclusion }}"',
        ),
        { ends: expect.anything() as string, log: [/^= failure success$/m] },
      ),
    ),
    works(
      '`wait-all`, and the wait for all that nobody waited for, before the `post` stages',
      run.job(
        steps(
          '- background: true\n  run: sleep 0.3; echo "= one"',
          '- wait-all:',
          'echo "= two"',
          '- background: true\n  run: sleep 0.3; echo "= three"',
        ),
        { says: ['one', 'two', 'three'] },
      ),
      run.job(steps('- background: true\n  run: exit 1', 'echo "= on"'), { ends: 'exit-code', says: ['on'] }),
    ),
    works(
      '`cancel` ends a step, and the job does not fail for it',
      run.job(
        steps(
          '- id: server\n  background: true\n  run: exec sleep 60',
          '- cancel: server',
          'echo "= ${{ job.status }}"',
        ),
        {
          says: ['success'],
        },
      ),
    ),
    works(
      '`parallel`: steps beside each other, and a wait for all of them',
      run.job(
        steps(
          '- parallel:\n    - run: touch "$RUNNER_TEMP/a"; until [ -e "$RUNNER_TEMP/b" ]; do sleep 0.05; done\n    - run: touch "$RUNNER_TEMP/b"; until [ -e "$RUNNER_TEMP/a" ]; do sleep 0.05; done',
          'echo "= both"',
        ),
        { says: ['both'] },
      ),
    ),
    works(
      'None of these inside of `parallel`; `wait`, `wait-all` and `cancel` have no `if`',
      readsJob('steps: [{ uses: a/b@c, background: true, id: a }, { cancel: A }, { wait-all: true }]'),
      refusesJob(
        'steps: [{ parallel: [{ run: x, background: true }] }]',
        "'background' is not allowed inside a parallel block",
      ),
      refusesJob('steps: [{ run: x, background: true, id: a }, { wait: a, if: always() }]', "Unexpected value 'if'"),
    ),
    differs(
      'The log',
      'a job has one log, in which the output of a step in the background stands in one piece',
      run.job(
        steps('- id: b\n  background: true\n  run: echo "= b1"; sleep 0.2; echo "= b2"', 'echo "= f"', '- wait: b'),
        { says: ['f', 'b1', 'b2'] },
      ),
    ),
  ],
};
