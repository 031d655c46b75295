import { expect, it } from 'vitest';
import { readRunSettings } from './run-settings.ts';

it('has a default for everything but the command', () => {
  const settings = readRunSettings({ command: 'make', verify: '', 'idle-timeout': ' ' });
  expect(settings.ok && settings.value).toEqual({
    command: 'make',
    shell: 'bash',
    workingDirectory: '.',
    environment: [],
    secrets: [],
    outputs: [],
    timeout: 3_600_000,
    retries: 0,
    retryDelay: 10_000,
    retryFrom: 'start',
    expect: [],
    documents: [],
    verifyTimeout: 600_000,
    changes: 'allowed',
    writable: [],
    guarded: [],
    isolated: false,
  });
});

it('reads everything', () => {
  const settings = readRunSettings({
    command: 'make\n',
    shell: 'python',
    'working-directory': 'src',
    prompt: 'docs/a.md',
    environment: 'A  B\nC',
    secrets: 'KEY',
    outputs: 'x y',
    timeout: '1h30m',
    'idle-timeout': '90s',
    'startup-timeout': '500ms',
    retries: '2',
    'retry-delay': '1s',
    'retry-on': '1 timeout 137',
    'retry-from': 'last',
    expect: 'src/**\n  docs/a b.md \n\n',
    documents: '[{"path":"a.md","sections":["A"],"frontMatter":[{"name":"b"}],"template":"t.md"}]',
    verify: 'npm test',
    'verify-timeout': '1m',
    changes: 'required',
    writable: 'review',
    guarded: 'review/approval.md',
    isolated: 'true',
    'review-round': '2',
  });
  expect(settings.ok && settings.value).toEqual({
    command: 'make\n',
    shell: 'python',
    workingDirectory: 'src',
    prompt: 'docs/a.md',
    environment: ['A', 'B', 'C'],
    secrets: ['KEY'],
    outputs: ['x', 'y'],
    timeout: 5_400_000,
    idleTimeout: 90_000,
    startupTimeout: 500,
    retries: 2,
    retryDelay: 1000,
    retryOn: [1, 'timeout', 137],
    retryFrom: 'last',
    expect: ['src/**', 'docs/a b.md'],
    documents: [{ path: 'a.md', sections: ['A'], frontMatter: [{ name: 'b' }], template: 't.md' }],
    verify: 'npm test',
    verifyTimeout: 60_000,
    changes: 'required',
    writable: ['review'],
    guarded: ['review/approval.md'],
    isolated: true,
    reviewRound: 2,
  });
});

it('says everything that is wrong at once', () => {
  const settings = readRunSettings({
    shell: 'fish',
    timeout: 'soon',
    retries: '-1',
    'retry-on': '1 sometimes',
    'retry-from': 'middle',
    changes: 'yes',
  });
  const failure = settings.ok ? undefined : settings.error;
  expect(failure?.code).toBe('input-invalid');
  expect(failure?.details).toEqual([
    'command is missing',
    'shell is "fish", neither one of bash, sh, python, node, pwsh, powershell nor a text with {0}',
    'timeout is "soon", not a span of time such as 90s or 30m',
    'retries is "-1", not a whole number',
    'retry-from is "middle", not one of start, last',
    'changes is "yes", not one of allowed, required, forbidden',
    'retry-on names "sometimes", neither an exit code nor a failure code',
  ]);
});
