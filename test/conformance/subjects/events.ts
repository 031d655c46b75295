/** `on`: events, their types and filters, inputs. */
import type { TriggerEvent } from '../../../src/workflow/index.ts';
import { orch } from '../../e2e/rig/index.ts';
import { type Checks, differs, type Subject, works } from '../rig/feature.ts';
import { ignores, readsOn, refusesOn, triggers } from '../rig/language.ts';
import { scenario, shareRun, steps } from '../rig/run.ts';

const EVENTS =
  'branch_protection_rule check_run check_suite create delete deployment deployment_status discussion discussion_comment fork gollum image_version issue_comment issues label merge_group milestone page_build project project_card project_column public pull_request pull_request_comment pull_request_review pull_request_review_comment pull_request_target push registry_package release repository_dispatch status watch workflow_call workflow_dispatch workflow_run';

function push(ref: string, more: Partial<TriggerEvent> = {}): TriggerEvent {
  return { name: 'push', ref: ref.startsWith('refs/') ? ref : `refs/heads/${ref}`, ...more };
}

/** Of a pattern for branches: what it matches, and what not. */
function pattern(text: string, matched: readonly string[], passedOver: readonly string[] = []): Checks {
  const on = `{ push: { branches: ['${text}'] } }`;
  const checks = [
    ...matched.map((branch) => triggers(on, push(branch))),
    ...passedOver.map((branch) => ignores(on, push(branch))),
  ];
  const [first, ...more] = checks;
  if (first === undefined) throw new Error(`nothing is said of ${text}`);
  return [first, ...more];
}

const DISPATCH = `
on: { workflow_dispatch: { inputs: { c: { type: choice, options: [a, b] }, b: { type: boolean } } } }
jobs: { j: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }
`;
const request = shareRun({ top: 'on: pull_request', args: ['--event', 'pull_request'] });
const given = shareRun({
  top: 'on: issues',
  files: { 'event.json': '{"action": "closed", "issue": {"number": 7}}' },
  args: ['--event', 'issues', '--event-path', 'event.json'],
});

export const events: Subject = {
  title: 'Events and filters',
  features: [
    works(
      'Every event that GitHub knows, as a word, in a list, as a key',
      readsOn(`[${EVENTS.split(' ').join(', ')}]`),
      readsOn(
        `{ ${EVENTS.split(' ')
          .map((event) => `${event}: `)
          .join(', ')} }`,
      ),
      readsOn('repository_dispatch'),
      refusesOn('member', "Unexpected value 'member'"),
      refusesOn('Push', "Unexpected value 'Push'"),
    ),
    works(
      '`types`; without them `pull_request` means `opened`, `synchronize` and `reopened`, other events all',
      readsOn('{ pull_request: { types: [stacked, enqueued, dequeued, milestoned, demilestoned] } }'),
      readsOn('{ issues: { types: field_added } }'),
      refusesOn('{ issues: { types: [closing] } }', "Unexpected value 'closing'"),
      triggers('pull_request', { name: 'pull_request', type: 'synchronize' }),
      ignores('pull_request', { name: 'pull_request', type: 'closed' }),
      triggers('{ pull_request: { types: [closed] } }', { name: 'pull_request', type: 'closed' }),
      triggers('issues', { name: 'issues', type: 'closed' }),
      triggers('{ repository_dispatch: { types: [go] } }', { name: 'repository_dispatch', type: 'go' }),
      ignores('{ repository_dispatch: { types: [go] } }', { name: 'repository_dispatch', type: 'no' }),
    ),
    works(
      '`branches`, `tags`, `paths` and what they leave out; a filter and its `-ignore` together are an error',
      readsOn('{ push: { branches: [a], tags-ignore: [b], paths: [c] } }'),
      refusesOn(
        '{ push: { branches: [a], branches-ignore: [b] } }',
        'only define one of `branches` and `branches-ignore`',
      ),
      refusesOn('{ push: { types: [a] } }', "Unexpected value 'types'"),
      triggers('{ push: { branches-ignore: [dev] } }', push('main')),
      ignores('{ push: { branches-ignore: [dev] } }', push('dev')),
      triggers('{ push: { tags-ignore: [v1] } }', push('refs/tags/v2')),
    ),
    works(
      'Branches and paths must both match; paths match when one of those changed does',
      triggers('{ push: { branches: [main], paths: [src/**] } }', push('main', { changedPaths: ['a', 'src/b/c'] })),
      ignores('{ push: { branches: [main], paths: [src/**] } }', push('main', { changedPaths: ['docs/a'] })),
      ignores('{ push: { branches: [main], paths: [src/**] } }', push('dev', { changedPaths: ['src/a'] })),
      ignores('{ push: { paths-ignore: [docs/**] } }', push('main', { changedPaths: ['docs/a'] })),
      triggers('{ push: { paths-ignore: [docs/**] } }', push('main', { changedPaths: ['docs/a', 'b'] })),
    ),
    works(
      'Who filters branches alone does not run for tags, and the other way round; a deleted ref starts nothing',
      ignores('{ push: { branches: [main] } }', push('refs/tags/v1')),
      ignores('{ push: { tags: [v1] } }', push('main')),
      triggers('{ push: { branches: [main], tags: [v1] } }', push('refs/tags/v1')),
      triggers('push', push('refs/tags/v1')),
      ignores('push', push('main', { deleted: true })),
    ),
    works(
      'Filters of `pull_request` are about the branch that it goes into; `merge_group` and `workflow_run` have theirs',
      triggers('{ pull_request: { branches: [main] } }', { name: 'pull_request', type: 'opened', ref: 'main' }),
      ignores('{ pull_request: { branches: [main] } }', { name: 'pull_request', type: 'opened', ref: 'dev' }),
      ignores('{ merge_group: { branches: [main] } }', { name: 'merge_group', ref: 'dev' }),
      triggers('{ workflow_run: { workflows: [CI] } }', { name: 'workflow_run', subject: 'CI' }),
      ignores('{ workflow_run: { workflows: [CI] } }', { name: 'workflow_run', subject: 'Other' }),
      ignores('{ image_version: { names: [a], versions: [1.*] } }', {
        name: 'image_version',
        subject: 'a',
        version: '2.0',
      }),
    ),
    works(
      'Patterns: `*` stands for anything but `/`',
      ...pattern('feature/*', ['feature/a', 'feature/'], ['feature/a/b', 'feature']),
    ),
    works(
      'Patterns: `**` stands for anything',
      ...pattern('feature/**', ['feature/a', 'feature/a/b'], ['features/a']),
      ...pattern('**/x', ['x', 'a/b/x'], ['ax']),
    ),
    works(
      'Patterns: `?` makes the character before it optional',
      ...pattern('colou?r', ['color', 'colour'], ['colouur']),
    ),
    works('Patterns: `+` repeats the character before it', ...pattern('ab+', ['ab', 'abbb'], ['a'])),
    works(
      'Patterns: `[…]` is one of some characters, or of a range',
      ...pattern('v[12].[0-9]+.[0-9]+', ['v1.10.1', 'v2.0.0'], ['v3.0.0', 'v1..1', 'v1.a.1']),
    ),
    works('Patterns: `\\` takes the meaning from the character behind it', ...pattern('a\\*b', ['a*b'], ['axb'])),
    works(
      'Patterns match the whole, and know letter case',
      ...pattern('main', ['main'], ['maintain', 'Main', 'a/main']),
    ),
    works(
      'Patterns: `!` leaves out; the last pattern that matches counts; there must be one without `!`',
      triggers("{ push: { branches: ['releases/**', '!releases/**-alpha'] } }", push('releases/10')),
      ignores("{ push: { branches: ['releases/**', '!releases/**-alpha'] } }", push('releases/10-alpha')),
      triggers("{ push: { branches: ['*', '!a*', 'ab'] } }", push('ab')),
      refusesOn('{ push: { branches: ["!a"] } }', 'nothing matches'),
    ),
    differs(
      '`schedule`: five fields, `timezone` by its IANA name',
      'such workflows start when you say `--event schedule`; nothing waits for their time',
      readsOn("{ schedule: [{ cron: '5 4 * * sun', timezone: Europe/Paris }] }"),
      refusesOn("{ schedule: [{ cron: '60 * * * *' }] }", 'Invalid cron expression'),
      refusesOn("{ schedule: [{ cron: '*/4 * * * *' }] }", 'every 5 minutes at most'),
      refusesOn("{ schedule: [{ cron: '0 0 * * *', timezone: Mars/Base }] }", 'not a time zone'),
      triggers("{ schedule: [{ cron: '5 4 * * *' }] }", { name: 'schedule', cron: '5 4 * * *' }),
    ),
    works(
      '`workflow_dispatch`: up to 25 inputs of the types string, boolean, number, choice and environment',
      readsOn(
        '{ workflow_dispatch: { inputs: { s: {}, b: { type: boolean, default: true }, n: { type: number, default: 1 }, c: { type: choice, options: [a, b], default: b }, e: { type: environment } } } }',
      ),
      readsOn('{ workflow_dispatch: { inputs: } }'),
      refusesOn('{ workflow_dispatch: { inputs: { c: { type: choice } } } }', "Missing 'options'"),
      refusesOn(
        '{ workflow_dispatch: { inputs: { c: { type: choice, options: [a], default: b } } } }',
        'not among its options',
      ),
      refusesOn(
        '{ workflow_dispatch: { inputs: { b: { type: boolean, default: maybe } } } }',
        "Unexpected value 'maybe'",
      ),
      refusesOn(
        `{ workflow_dispatch: { inputs: { ${Array.from({ length: 26 }, (_, n) => `i${n}: {}`).join(', ')} } } }`,
        'up to 25 `inputs`',
      ),
    ),
    works(
      'What is given for an input is checked by its type',
      scenario(
        'a word that is no option, and one that is none of the inputs',
        { '.github/workflows/d.yml': DISPATCH },
        async (repository) => {
          const run = (input: string) =>
            orch(repository, ['run', 'd', '--event', 'workflow_dispatch', '--input', input]);
          const ends = [await run('c=z'), await run('b=perhaps'), await run('x=1')];
          return ends.map(({ exitCode }) => exitCode);
        },
        [2, 2, 2],
      ),
    ),
    differs(
      'The payload of an event',
      'it is made from the repository as it is, or is the file that `--event-path` names',
      request.job(
        steps(
          'echo "= ${{ github.ref }} ${{ github.base_ref }} ${{ github.event.pull_request.base.ref }} ${{ github.event.action }}"',
        ),
        { says: ['refs/pull/1/merge main main opened'] },
      ),
      given.job(steps('echo "= ${{ github.event.action }} ${{ github.event.issue.number }}"'), { says: ['closed 7'] }),
    ),
    works(
      '`workflow_call`: inputs with a type, secrets, outputs with a value',
      readsOn(
        '{ workflow_call: { inputs: { a: { type: string, default: "${{ github.ref }}" } }, secrets: { s: { required: true } }, outputs: { o: { value: "${{ jobs.j.outputs.o }}" } } } }',
      ),
      refusesOn('{ workflow_call: { inputs: { a: {} } } }', 'Required property is missing: type'),
      refusesOn('{ workflow_call: { inputs: { a: { type: choice } } } }', "Unexpected value 'choice'"),
      refusesOn('{ workflow_call: { outputs: { o: {} } } }', 'Required property is missing: value'),
    ),
  ],
};
