/** Scripts and their shells. */

import { expect } from 'vitest';
import { planScript } from '../../../src/runner/steps/shells.ts';
import { type Check, differs, type Subject, works } from '../rig/feature.ts';
import { shareRun, steps } from '../rig/run.ts';

const run = shareRun();

/** The command line of a shell that need not be here, on a system that need not be this one. */
function argv(
  shell: string | undefined,
  platform: NodeJS.Platform | 'container',
  expected: readonly string[] | string,
): Check {
  return {
    what: `${shell ?? 'none'} on ${platform}`,
    actual: () => {
      const plan = planScript({
        script: 'x',
        shell,
        platform: platform === 'container' ? 'linux' : platform,
        container: platform === 'container',
        which: (program) => program,
        pathOf: (name) => `/t/${name}`,
        id: 'id',
      });
      return plan.ok ? [plan.value.program, ...plan.value.args] : plan.error;
    },
    expected,
  };
}

export const shells: Subject = {
  title: 'Scripts and shells',
  features: [
    works(
      'Without `shell`: `bash -e`, so that a script ends at its first failure and a pipe at its last command',
      run.job(
        steps(
          '- continue-on-error: true\n  run: |\n    echo "= one"\n    false\n    echo "= never"',
          'false | true\necho "= piped"',
        ),
        {
          says: ['one', 'piped'],
          log: [/^shell: \/\S+\/bash -e \{0\}$/m],
        },
      ),
    ),
    works(
      'Without `shell` in a job that runs in a container: `sh -e`',
      argv(undefined, 'container', ['sh', '-e', '/t/id.sh']),
    ),
    works(
      '`bash`: with `--noprofile --norc -e -o pipefail`',
      run.job(
        steps(
          '- shell: bash\n  continue-on-error: true\n  run: |\n    false | true\n    echo "= never"',
          'echo "= on"',
        ),
        {
          says: ['on'],
          log: [/^shell: \/\S+\/bash --noprofile --norc -e -o pipefail \{0\}$/m],
        },
      ),
    ),
    works(
      '`sh`: with `-e`',
      run.job(steps('- shell: sh\n  run: echo "= $0" | tail -c 4'), {
        log: [/^shell: \/\S+\/sh -e \{0\}$/m, /^\.sh$/m],
      }),
    ),
    works(
      '`python`',
      argv('python', 'linux', ['python', '/t/id.py']),
      run.job(steps('- shell: python3 {0}\n  run: print("= from", "python")'), { says: ['from python'] }),
    ),
    works(
      '`pwsh` and `powershell`: stop at errors, and end with the exit code of the last program',
      argv('pwsh', 'linux', ['pwsh', '-command', ". '/t/id.ps1'"]),
      argv('powershell', 'win32', ['powershell', '-command ". \'/t/id.ps1\'"']),
      argv(undefined, 'win32', ['pwsh', '-command ". \'/t/id.ps1\'"']),
    ),
    works('`cmd`', argv('cmd', 'win32', ['cmd', '/D /E:ON /V:OFF /S /C "CALL "/t/id.cmd""'])),
    works(
      'A command of your own, with `{0}` for the script',
      run.job(steps('- shell: bash -u {0}\n  run: echo "= ${0##*.} $-"'), { says: [expect.stringMatching(/^sh .*u/)] }),
      run.job(steps('- shell: node {0}\n  run: console.log("= node", process.argv.length)'), { says: ['node 2'] }),
      argv(
        'perl',
        'linux',
        "Invalid shell option. Shell must be a valid built-in (bash, sh, cmd, powershell, pwsh) or a format string containing '{0}'",
      ),
    ),
    works(
      'The script is a file in RUNNER_TEMP, with the extension of its shell',
      run.job(steps('test "$(dirname "$0")" -ef "$RUNNER_TEMP" && echo "= ${0##*.}"'), { says: ['sh'] }),
    ),
    works(
      'A script finds nothing on its standard input',
      run.job(steps('if read -r line; then echo "= [$line]"; else echo "= nothing"; fi'), { says: ['nothing'] }),
    ),
    works(
      'Shells are looked for on the PATH that earlier steps have made',
      run.job(
        steps(
          'mkdir "$RUNNER_TEMP/bin"\nprintf \'#!/bin/sh\\necho "= mine $(basename "$1" | tail -c 4)"\\n\' > "$RUNNER_TEMP/bin/bash"\nchmod +x "$RUNNER_TEMP/bin/bash"\necho "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"',
          '- shell: bash {0}\n  run: echo "= never"',
        ),
        { says: ['mine .sh'] },
      ),
    ),
    works(
      'The exit code of a script that a signal has ended is 128 and the number of the signal',
      run.job(steps('kill -9 $$'), { ends: 'exit-code', log: ['##[error]Process completed with exit code 137.'] }),
      run.job(steps('sh -c \'kill -TERM "$$"\''), {
        ends: 'exit-code',
        log: ['##[error]Process completed with exit code 143.'],
      }),
      run.job(steps('nowhere-to-be-found'), {
        ends: 'exit-code',
        log: ['##[error]Process completed with exit code 127.'],
      }),
    ),
    works(
      'A script that is empty succeeds; a shell, a directory or a template that is none fails the step',
      run.job(steps("- run: ''"), {}),
      run.job(steps('- run: x\n  shell: nowhere {0}'), { ends: 'not-started', log: ['nowhere: command not found'] }),
      run.job(steps('- run: x\n  shell: bash {1}'), { ends: 'not-started', log: ['Invalid shell option.'] }),
      run.job(steps('- run: x\n  working-directory: nowhere'), { ends: 'not-started', log: ['does not exist'] }),
    ),
    works(
      'Arguments of a shell of your own are read as .NET does: by blanks, with double quotes around those that have some',
      run.job(steps('- shell: bash {0} one "two three" "a\\"b" \'c\n  run: printf "= %s\\n" "$@"'), {
        says: ['one', 'two three', 'a"b', "'c"],
      }),
    ),
    differs(
      'What is still running when a script ends has five seconds for its output',
      'programs that a step leaves behind go on, and their output is not waited for, which would cost each such step five seconds',
      run.job(steps('sleep 60 &', 'echo "= at once"'), { says: ['at once'] }),
    ),
  ],
};
