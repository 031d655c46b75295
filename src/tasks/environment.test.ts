import { describe, expect, it } from 'vitest';
import { findMissingSecrets, selectEnvironment } from './environment.ts';

describe('selectEnvironment', () => {
  const passed = (
    'PATH HOME USER LANG LC_ALL LC_TIME TZ TERM HTTP_PROXY http_proxy HTTPS_PROXY https_proxy NO_PROXY no_proxy ' +
    'ALL_PROXY all_proxy SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO'
  ).split(' ');
  it.each(passed)('passes %s without being asked', (name) => {
    expect(selectEnvironment({ [name]: 'x' }, []).env).toEqual({ [name]: 'x' });
  });

  const kept = (
    'LOGNAME TMPDIR SHELL SSH_AUTH_SOCK AWS_SECRET_ACCESS_KEY NODE_OPTIONS GIT_DIR LD_PRELOAD GITHUB_TOKEN ' +
    'GITHUB_OUTPUT ACTIONS_RUNTIME_TOKEN INPUT_COMMAND ORCH_RUN CI path Http_Proxy'
  ).split(' ');
  it.each(kept)('keeps %s back', (name) => {
    expect(selectEnvironment({ [name]: 'x' }, []).env).toEqual({});
  });

  it('passes what is asked for, and names what is not there', () => {
    const env = { NODE_OPTIONS: '--x', EMPTY: '', OTHER: 'o' };
    expect(selectEnvironment(env, ['NODE_OPTIONS', 'EMPTY', 'GONE', 'GONE'])).toEqual({
      env: { NODE_OPTIONS: '--x', EMPTY: '' },
      missing: ['GONE'],
      refused: [],
    });
  });

  it.each([
    'ACTIONS_RUNTIME_TOKEN',
    'INPUT_COMMAND',
    'ORCH_OUTPUT',
    'GITHUB_ENV',
    'GITHUB_PATH',
    'GITHUB_STEP_SUMMARY',
  ])('refuses %s even when it is asked for', (name) =>
    expect(selectEnvironment({ [name]: 'x' }, [name])).toEqual({ env: {}, missing: [], refused: [name] }),
  );

  it('passes little into a sandbox, where nothing is as it is here', () => {
    const here = {
      PATH: '/b',
      HOME: '/h',
      USER: 'u',
      HTTPS_PROXY: 'p',
      SSL_CERT_FILE: '/c',
      LANG: 'C',
      LC_ALL: 'C',
      TZ: 'Z',
    };
    expect(selectEnvironment({ ...here, TERM: 't', A: '1' }, ['A'], 'sandbox').env).toEqual({
      LANG: 'C',
      LC_ALL: 'C',
      TZ: 'Z',
      TERM: 't',
      A: '1',
    });
    expect(selectEnvironment(here, ['PATH', 'HTTPS_PROXY'], 'sandbox').env).toMatchObject({
      PATH: '/b',
      HTTPS_PROXY: 'p',
    });
  });

  it('passes a token that is asked for by name', () => {
    expect(selectEnvironment({ GITHUB_TOKEN: 't' }, ['GITHUB_TOKEN']).env).toEqual({ GITHUB_TOKEN: 't' });
  });

  it('does not take what every object has for variables', () => {
    expect(selectEnvironment({}, ['constructor', '__proto__', 'toString'])).toMatchObject({
      env: {},
      missing: ['constructor', '__proto__', 'toString'],
    });
  });
});

describe('findMissingSecrets', () => {
  it('names each that is absent or empty', () => {
    const failure = findMissingSecrets({ A: 'a', B: '' }, ['A', 'B', 'constructor']);
    expect(failure).toMatchObject({ code: 'secret-missing', details: ['B', 'constructor'] });
    expect(failure?.message).toBe('the secrets B, constructor have no value');
    expect(findMissingSecrets({}, ['KEY'])?.message).toBe('the secret KEY has no value');
  });

  it('is content when all have values', () => {
    expect(findMissingSecrets({ A: 'a' }, ['A'])).toBeUndefined();
    expect(findMissingSecrets({}, [])).toBeUndefined();
  });
});
