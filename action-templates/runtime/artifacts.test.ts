import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ArtifactStore, openArtifacts } from './artifacts.ts';
import { openResultsService } from './results-service.ts';
import { type FaultyService, faultyService } from './testing/faulty-service.ts';

const QUICK = { attempts: 3, firstWait: 1 };

let folder = '';
let service: FaultyService;
let store: ArtifactStore;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'orch-artifacts-')));
  service = await faultyService();
  store = openArtifacts(openResultsService(service.env, QUICK), folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const file = join(folder, 'root', name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function upload(text = 'hello'): Promise<void> {
  await store.upload('orch-a-0', join(folder, 'root'), [put('sub/result.json', text), put('other', 'x'.repeat(9))]);
}

async function contents(of = store): Promise<string> {
  const [artifact] = await of.list();
  if (artifact === undefined) return 'nothing';
  return Buffer.from((await of.read(artifact, ['sub/result.json'])).get('sub/result.json') ?? []).toString();
}

describe('an artifact', () => {
  it('comes back to another job, and only what was asked for is unpacked', async () => {
    await upload();
    const other = openArtifacts(openResultsService(await service.another(), QUICK), folder);
    const [artifact, ...more] = await other.list();
    expect([artifact?.name, more]).toEqual(['orch-a-0', []]);
    if (artifact === undefined) throw new Error('there is none');
    expect([...(await other.read(artifact, ['sub/result.json', 'gone'])).keys()]).toEqual(['sub/result.json']);
    expect(await contents(other)).toBe('hello');
    // Nothing of the sending stays.
    expect(readdirSync(folder)).toEqual(['root']);
  });

  it('takes the place of one that an earlier attempt left', async () => {
    await upload('first');
    await upload('second');
    expect(await store.list()).toHaveLength(1);
    expect(await contents()).toBe('second');
    expect(service.calls).toContain('POST DeleteArtifact');
  });

  it('takes the place of one that another attempt of its job left', async () => {
    const again = openArtifacts(openResultsService(await service.another(), QUICK), folder);
    await upload('first');
    await again.upload('orch-a-0', join(folder, 'root'), [put('sub/result.json', 'second')]);
    expect(await again.list()).toHaveLength(1);
    expect(await contents(again)).toBe('second');
  });

  it('of many blocks comes back whole', async () => {
    const file = join(folder, 'large.bundle');
    const block = randomBytes(1024 * 1024);
    for (let done = 0; done < 16; done++) appendFileSync(file, block);
    await store.upload('files-a', folder, [file]);
    const [artifact] = await store.list();
    const back = artifact && (await store.read(artifact, ['large.bundle'])).get('large.bundle');
    expect(Buffer.compare(Buffer.from(back ?? []), readFileSync(file))).toBe(0);
  });
});

it('a service may spell fields in the other way of Protobuf', async () => {
  const artifacts = [{ databaseId: '7', name: 'orch-a-0', workflowJobRunBackendId: 'j' }];
  const other = createServer((_request, answer) => answer.end(JSON.stringify({ artifacts })));
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const env = { ...service.env, ACTIONS_RESULTS_URL: `http://127.0.0.1:${(other.address() as AddressInfo).port}` };
  expect(await openArtifacts(openResultsService(env, QUICK), folder).list()).toEqual([
    { name: 'orch-a-0', id: 7, owner: 'j' },
  ]);
  other.closeAllConnections();
  await new Promise((done) => other.close(done));
});

describe('where the service fails', () => {
  it.each([
    ['ListArtifacts', [500, 503]],
    ['ListArtifacts', ['half']],
    ['CreateArtifact', [429, 'cut']],
    // Done, but nobody was told: what is there of it makes way.
    ['CreateArtifact', ['lost']],
    ['/upload/', [500, 'cut']],
    ['/upload/', ['lost']],
    ['FinalizeArtifact', [502]],
    ['FinalizeArtifact', ['lost']],
  ] as const)('at %s with %j, another attempt is made', async (text, faults) => {
    service.spoil(text, ...faults);
    await upload();
    expect(await contents()).toBe('hello');
  });

  it.each([
    ['GetSignedArtifactURL', ['half', 500]],
    ['/download/', [503, 'half']],
  ] as const)('at %s with %j, it is read all the same', async (text, faults) => {
    await upload();
    service.spoil(text, ...faults);
    expect(await contents()).toBe('hello');
  });

  it('the end comes after as many attempts as are worth it', async () => {
    service.spoil('CreateArtifact', 500, 500, 500, 500);
    await expect(upload()).rejects.toThrow('the artifacts of the run: CreateArtifact was answered with 500');
    expect(service.calls.filter((call) => call === 'POST CreateArtifact')).toHaveLength(3);
    expect(readdirSync(folder)).toEqual(['root']);
  });

  it('a refusal is final', async () => {
    service.spoil('/upload/', 403);
    await expect(upload()).rejects.toThrow('the upload was answered with 403');
    service.spoil('ListArtifacts', 401);
    await expect(store.list()).rejects.toThrow('ListArtifacts was answered with 401');
    service.spoil('FinalizeArtifact', 400);
    await expect(upload()).rejects.toThrow('FinalizeArtifact was answered with 400');
  });

  it('nobody listens', async () => {
    const nobody = openResultsService({ ...service.env, ACTIONS_RESULTS_URL: 'http://127.0.0.1:9' }, QUICK);
    await expect(nobody.call('ListArtifacts', {})).rejects.toThrow(/the artifacts of the run: .*ECONNREFUSED/);
  });
});

describe('the access', () => {
  it.each([
    ['no token', { ACTIONS_RUNTIME_TOKEN: '' }, 'ACTIONS_RUNTIME_TOKEN or ACTIONS_RESULTS_URL is not set'],
    ['no address', { ACTIONS_RESULTS_URL: '' }, 'ACTIONS_RUNTIME_TOKEN or ACTIONS_RESULTS_URL is not set'],
    ['a token that is none', { ACTIONS_RUNTIME_TOKEN: 'x' }, 'gives no access to the results'],
    ['a token for something else', { ACTIONS_RUNTIME_TOKEN: 'a.eyJzY3AiOiJ4In0.b' }, 'gives no access to the results'],
  ])('%s is said', (_title, env, message) => {
    expect(() => openResultsService({ ...service.env, ...env })).toThrow(message);
  });
});
