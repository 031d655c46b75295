import { describe, expect, it } from 'vitest';
import { buildStepEnv, inputVariable, prependPath, type StepEnvInput } from './step-env.ts';

function build(changes: Partial<StepEnvInput> = {}): Readonly<Record<string, string>> {
  return buildStepEnv({
    kind: 'run',
    platform: 'linux',
    base: {},
    env: {},
    state: {},
    inputs: {},
    prepends: [],
    github: {},
    runner: {},
    services: {},
    ...changes,
  });
}

// 3.4: the order, later wins.
it.each<readonly [string, Partial<StepEnvInput>, Readonly<Record<string, string | undefined>>]>([
  ['nothing', {}, { GITHUB_ACTIONS: 'true', CI: 'true' }],
  ['env over process env', { base: { A: '1', B: '1' }, env: { A: '2' } }, { A: '2', B: '1' }],
  [
    'GITHUB_ from the context over env',
    { env: { GITHUB_SHA: 'mine', GITHUB_MINE: 'x' }, github: { sha: 'abc' } },
    { GITHUB_SHA: 'abc', GITHUB_MINE: 'x' },
  ],
  [
    'RUNNER_ from the context over env',
    { env: { RUNNER_OS: 'mine' }, runner: { os: 'Linux', tool_cache: '/t', debug: '1' } },
    { RUNNER_OS: 'Linux', RUNNER_TOOL_CACHE: '/t', RUNNER_DEBUG: '1' },
  ],
  ['GITHUB_ACTIONS cannot be changed', { env: { GITHUB_ACTIONS: 'false' } }, { GITHUB_ACTIONS: 'true' }],
  ['CI can be changed', { env: { CI: 'no' } }, { CI: 'no' }],
  ['CI may be empty', { env: { CI: '' } }, { CI: '' }],
  [
    'neither token nor event',
    { github: { token: 't', event: { a: 1 }, repositoryUrl: 'u', secret_source: 's', job: 'j' } },
    {
      GITHUB_TOKEN: undefined,
      GITHUB_EVENT: undefined,
      GITHUB_REPOSITORYURL: undefined,
      GITHUB_SECRET_SOURCE: undefined,
      GITHUB_JOB: 'j',
    },
  ],
  ['a token in env stays', { env: { GITHUB_TOKEN: 't' }, github: { token: 'u' } }, { GITHUB_TOKEN: 't' }],
  [
    'what is null is not set',
    { github: { head_ref: null, ref_protected: false } },
    { GITHUB_HEAD_REF: undefined, GITHUB_REF_PROTECTED: 'false' },
  ],
  [
    'command files',
    { github: { env: '/e', output: '/o', state: '/s', path: '/p', step_summary: '/m' } },
    { GITHUB_ENV: '/e', GITHUB_OUTPUT: '/o', GITHUB_STATE: '/s', GITHUB_PATH: '/p', GITHUB_STEP_SUMMARY: '/m' },
  ],
  [
    'a script has neither inputs nor state',
    { inputs: { a: '1' }, state: { b: '2' } },
    { INPUT_A: undefined, STATE_b: undefined },
  ],
  [
    'inputs of an action',
    { kind: 'node', inputs: { 'my input': '1', 'node-version': '20' } },
    { INPUT_MY_INPUT: '1', 'INPUT_NODE-VERSION': '20' },
  ],
  ['inputs over env', { kind: 'docker', env: { INPUT_A: 'mine' }, inputs: { a: '1' } }, { INPUT_A: '1' }],
  ['state of an action, its letter case kept', { kind: 'node', state: { isPost: 'true' } }, { STATE_isPost: 'true' }],
  ['names in two cases', { env: { a: '1', A: '2' } }, { a: '1', A: '2' }],
  [
    'names on Windows',
    { platform: 'win32', base: { Path: 'C:\\x' }, env: { path: 'C:\\y', GitHub_Sha: 'mine' }, github: { sha: 'abc' } },
    { Path: 'C:\\y', GitHub_Sha: 'abc', path: undefined, GITHUB_SHA: undefined },
  ],
  ['ICU data is not for node', { kind: 'node', base: { NODE_ICU_DATA: '/i' } }, { NODE_ICU_DATA: undefined }],
  ['ICU data of a script', { base: { NODE_ICU_DATA: '/i' } }, { NODE_ICU_DATA: '/i' }],
  ["NODE_OPTIONS in env is the user's", { kind: 'node', env: { NODE_OPTIONS: '-r x' } }, { NODE_OPTIONS: '-r x' }],
  ['names that cannot be', { env: { '': 'x', 'A\0B': 'y', C: 'z\0w' } }, { '': undefined, 'A\0B': undefined, C: 'z' }],
])('%s', (_, changes, expected) => {
  const env = build(changes);
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, env[name]]))).toEqual(expected);
});

describe('the PATH', () => {
  it.each<readonly [readonly string[], string | undefined, string | undefined]>([
    [[], '/bin', '/bin'],
    [[], undefined, undefined],
    [['/a', '/b'], '/bin', '/b:/a:/bin'],
    [['/a', '/b', '/a'], '/bin', '/a:/b:/bin'],
    [['/a'], undefined, '/a'],
  ])('%j before %j', (prepends, path, expected) => {
    expect(build({ prepends, base: path === undefined ? {} : { PATH: path } })['PATH']).toBe(expected);
  });

  it('comes from env where that sets it', () => {
    expect(build({ prepends: ['/a'], base: { PATH: '/bin' }, env: { PATH: '/mine' } })['PATH']).toBe('/a:/mine');
  });

  it('has other separators on Windows', () => {
    expect(prependPath(['C:\\a', 'C:\\b'], 'C:\\c', 'win32')).toBe('C:\\b;C:\\a;C:\\c');
  });
});

describe('services', () => {
  const services = {
    runtimeUrl: 'u',
    runtimeToken: 't',
    cacheUrl: 'c',
    resultsUrl: 'r',
    cacheMode: 'm',
    idTokenUrl: 'i',
    idTokenToken: 'j',
    orchestrationId: 'o',
  };
  const forAll = ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ORCHESTRATION_ID'];
  const forActions = [
    'ACTIONS_CACHE_MODE',
    'ACTIONS_CACHE_URL',
    'ACTIONS_RESULTS_URL',
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_RUNTIME_URL',
  ];

  it.each<readonly [StepEnvInput['kind'], readonly string[]]>([
    ['run', forAll],
    ['docker', [...forAll, ...forActions]],
    ['node', [...forAll, ...forActions, 'ACTIONS_CACHE_SERVICE_V2']],
  ])('of %s', (kind, names) => {
    const found = Object.keys(build({ kind, services })).filter((name) => name.startsWith('ACTIONS_'));
    expect(found.sort()).toEqual([...names].sort());
  });

  it('cannot be replaced by env, and env may set what is not there', () => {
    const env = build({
      kind: 'node',
      env: { ACTIONS_RUNTIME_TOKEN: 'x', ACTIONS_CACHE_URL: 'y' },
      services: { runtimeToken: 't' },
    });
    expect([env['ACTIONS_RUNTIME_TOKEN'], env['ACTIONS_CACHE_URL']]).toEqual(['t', 'y']);
  });

  it('on this machine need no proxy, and what had one goes on with it', () => {
    const env = { https_proxy: 'http://proxy:3128', NO_PROXY: 'intern' };
    const around = (kind: StepEnvInput['kind'], more = {}): readonly unknown[] => {
      const built = build({ kind, env, services: { resultsUrl: 'http://127.0.0.1:1/' }, ...more });
      return [built['NO_PROXY'], built['no_proxy']];
    };
    expect(around('node')).toEqual(['intern,127.0.0.1', '127.0.0.1']);
    expect(around('run')).toEqual(['intern', undefined]);
    expect(around('node', { services: {} })).toEqual(['intern', undefined]);
    expect(around('node', { env: {} })).toEqual([undefined, undefined]);
  });

  it('there is no cache of version 2 where there is only something else at its address', () => {
    expect(build({ kind: 'node', services: { resultsUrl: 'r' } })['ACTIONS_CACHE_SERVICE_V2']).toBeUndefined();
  });

  it("version 2 of the cache is said in GitHub's word", () => {
    expect(build({ kind: 'node', services })['ACTIONS_CACHE_SERVICE_V2']).toBe('True');
  });
});

it.each([
  ['a', 'INPUT_A'],
  ['who to greet', 'INPUT_WHO_TO_GREET'],
  ['node-version', 'INPUT_NODE-VERSION'],
])('the variable of input %s is %s', (name, variable) => {
  expect(inputVariable(name)).toBe(variable);
});
