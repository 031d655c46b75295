import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPasses } from './passes.ts';
import { type Job, openScene, post, RUN } from './testing/scene.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function begin(job: Job, name: string): Promise<string> {
  const { signed_upload_url: url } = await job.call('CreateArtifact', { name, version: 7 });
  return String(url);
}

async function put(url: string, body: string): Promise<number> {
  const answer = await fetch(url, { method: 'PUT', body });
  await answer.text();
  return answer.status;
}

function listOf(...ids: readonly string[]): string {
  return `<?xml version="1.0"?><BlockList>${ids.map((id) => `<Latest>${id}</Latest>`).join('')}</BlockList>`;
}

describe('an artifact', () => {
  it('comes in blocks, in any order, and goes as it came', async () => {
    const { directory, job } = openScene();
    const [one, other] = [await job(), await job()];
    const url = await begin(one, 'dist');
    expect(await put(`${url}&comp=block&blockid=Yg==`, 'first draft')).toBe(201);
    expect(await put(`${url}&comp=block&blockid=Yg==`, ' world')).toBe(201);
    expect(await put(`${url}&comp=block&blockid=YQ==`, 'hello')).toBe(201);
    expect(await put(`${url}&comp=block&blockid=Yw==`, 'left out')).toBe(201);
    expect(await put(`${url}&comp=blocklist`, listOf('YQ==', 'Yg=='))).toBe(201);
    expect(await put(`${url}&comp=block&blockid=ZA==`, 'late')).toBe(409);
    const digest = `sha256:${sha256('hello world')}`;
    expect(await other.call('ListArtifacts')).toEqual({ status: 200, artifacts: [] });
    const finalized = await one.call('FinalizeArtifact', { name: 'dist', size: '11', hash: digest });
    expect(finalized).toEqual({ status: 200, ok: true, artifact_id: '1' });
    expect(one.heard).toEqual(['stored 1 dist at shown/dist.zip']);
    expect(await put(`${url}&comp=block&blockid=ZA==`, 'later')).toBe(404);
    expect(await other.call('ListArtifacts', { id_filter: '1', name_filter: 'dist' })).toEqual({
      status: 200,
      artifacts: [
        {
          workflow_run_backend_id: RUN,
          workflow_job_run_backend_id: one.id,
          database_id: '1',
          name: 'dist',
          size: '11',
          created_at: '2026-11-23T00:00:00.000Z',
          digest,
        },
      ],
    });
    expect(await other.call('ListArtifacts', { name_filter: 'dis' })).toMatchObject({ artifacts: [] });
    expect(statSync(join(directory, 'dist.zip')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, 'dist.zip'), 'utf8')).toBe('hello world');
  });

  it('is downloaded whole, in part, or looked at', async () => {
    const { job } = openScene();
    const one = await job();
    await one.upload('dist', 'hello world');
    await one.upload('päge.html', '<p>', { mime_type: 'text/html' });
    const signed = String((await one.call('GetSignedArtifactURL', { name: 'dist' }))['signed_url']);
    const whole = await fetch(signed);
    expect([whole.status, whole.headers.get('content-type'), await whole.text()]).toEqual([
      200,
      'application/zip',
      'hello world',
    ]);
    expect(whole.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''dist.zip");
    for (const [range, status, text] of [
      ['bytes=0-4', 206, 'hello'],
      ['bytes=6-', 206, 'world'],
      ['bytes=-3', 206, 'rld'],
      ['bytes=6-999', 206, 'world'],
      ['bytes=0-0,4-5', 200, 'hello world'],
    ] as const) {
      const part = await fetch(signed, { headers: { range } });
      expect([range, part.status, await part.text()]).toEqual([range, status, text]);
    }
    expect((await fetch(signed, { headers: { range: 'bytes=11-' } })).status).toBe(416);
    const head = await fetch(signed, { method: 'HEAD' });
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['11', '']);
    const page = await fetch(String((await one.call('GetSignedArtifactURL', { name: 'päge.html' }))['signed_url']));
    expect(page.headers.get('content-type')).toBe('text/html');
    expect(page.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''p%C3%A4ge.html");
  });

  it('has its name alone, is not changed once it is there, and can be deleted by any job', async () => {
    const { directory, job } = openScene();
    const [one, other] = [await job(), await job()];
    await begin(one, 'dist');
    expect(await other.call('CreateArtifact', { name: 'dist' })).toMatchObject({ status: 409, code: 'already_exists' });
    // Its own is begun anew.
    await one.upload('dist', 'one');
    expect((await one.call('CreateArtifact', { name: 'dist' })).status).toBe(409);
    expect((await other.call('FinalizeArtifact', { name: 'dist', size: '3' })).status).toBe(404);
    expect((await other.call('DeleteArtifact', { name: 'dist' })).status).toBe(404);
    expect(await other.call('DeleteArtifact', { name: 'dist', workflow_job_run_backend_id: one.id })).toEqual({
      status: 200,
      ok: true,
      artifact_id: '1',
    });
    expect(other.heard).toEqual(['deleted 1 dist']);
    expect(readdirSync(directory)).not.toContain('dist.zip');
    expect((await other.call('DeleteArtifact', { name: 'dist' })).status).toBe(404);
    expect((await other.call('GetSignedArtifactURL', { name: 'dist' })).status).toBe(404);
    expect(await other.upload('dist', 'two')).toMatchObject({ artifact_id: '2' });
  });

  it('is not stored when it is not what was sent, or nothing came', async () => {
    const { directory, job } = openScene();
    const one = await job();
    const wrong = await begin(one, 'short');
    await put(wrong, 'abc');
    expect(await one.call('FinalizeArtifact', { name: 'short', size: '4' })).toMatchObject({ status: 400 });
    expect((await one.call('FinalizeArtifact', { name: 'short', size: '3' })).status).toBe(404);
    await put(await begin(one, 'other'), 'abc');
    const hash = `sha256:${sha256('abd')}`;
    expect((await one.call('FinalizeArtifact', { name: 'other', size: '3', hash })).status).toBe(400);
    const empty = await begin(one, 'empty');
    expect((await one.call('FinalizeArtifact', { name: 'empty', size: '0' })).status).toBe(400);
    expect(await put(`${empty}&comp=blocklist`, listOf('bm90IHRoZXJl'))).toBe(400);
    expect(await put(`${empty}&comp=block&blockid=${encodeURIComponent('../../x')}`, 'x')).toBe(400);
    expect(await put(`${empty}&comp=appendblock`, 'x')).toBe(400);
    expect(await one.call('ListArtifacts')).toMatchObject({ artifacts: [] });
    await one.access.close();
    expect(readdirSync(join(directory, '.incoming'))).toEqual([]);
  });

  it('is of one job when several ask for its name at once', async () => {
    const { job } = openScene();
    const jobs = [await job(), await job(), await job()];
    for (let round = 0; round < 20; round += 1) {
      const name = `same-${round}`;
      const asked = await Promise.all(jobs.map((one) => one.call('CreateArtifact', { name })));
      expect(asked.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409]);
      const winner = asked.findIndex(({ ok }) => ok === true);
      expect(await put(String(asked[winner]?.['signed_upload_url']), 'x')).toBe(201);
      expect(await jobs[winner]?.call('FinalizeArtifact', { name, size: '1' })).toMatchObject({ ok: true });
    }
  });

  it('is told to be whole again by a client that has lost the answer, and not by half a list', async () => {
    const { job } = openScene();
    const one = await job();
    const url = await begin(one, 'dist');
    await put(`${url}&comp=block&blockid=YQ==`, 'a');
    await put(`${url}&comp=block&blockid=Yg==`, 'b');
    for (const list of ['', 'YQ==', '<BlockList><Latest>YQ==</Latest>', '<BlockList><Latest>YQ==</BlockList>'])
      expect([list, await put(`${url}&comp=blocklist`, list)]).toEqual([list, 400]);
    const both = [listOf('YQ==', 'Yg=='), listOf('YQ==', 'Yg==')].map((list) => put(`${url}&comp=blocklist`, list));
    expect(await Promise.all(both)).toEqual([201, 201]);
    expect(await put(`${url}&comp=blocklist`, listOf('YQ==', 'Yg=='))).toBe(201);
    expect(await put(`${url}&comp=blocklist`, listOf('YQ=='))).toBe(409);
    const hash = `sha256:${sha256('ab')}`;
    expect(await one.call('FinalizeArtifact', { name: 'dist', size: '2', hash })).toMatchObject({ ok: true });
  });

  it('can be empty, in the words of a client that leaves out what is zero', async () => {
    const { directory, job } = openScene();
    const one = await job();
    const url = await begin(one, 'EMPTY.ZIP');
    expect(await put(`${url}&comp=blocklist`, '<BlockList/>')).toBe(201);
    const hash = `sha256:${sha256('')}`;
    expect(await one.call('FinalizeArtifact', { name: 'EMPTY.ZIP', hash })).toMatchObject({ ok: true });
    expect(readFileSync(join(directory, 'EMPTY.ZIP'), 'utf8')).toBe('');
  });

  it('leaves nothing when its upload breaks off', async () => {
    const { directory, services, job } = openScene();
    const one = await job();
    const url = new URL(await begin(one, 'dist'));
    const socket = connect(Number(url.port), '127.0.0.1');
    const head = `PUT ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: 1000\r\n\r\n`;
    await new Promise((resolve) => socket.write(`${head}part`, resolve));
    socket.destroy();
    expect((await one.call('FinalizeArtifact', { name: 'dist', size: '4' })).status).toBe(400);
    await services.close();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is refused when the disk is full, with a word in the job', async () => {
    const { directory, job } = openScene({ freeSpace: async () => 32 * 1024 * 1024 + 4 });
    const one = await job();
    const url = await begin(one, 'dist');
    expect(await put(`${url}&comp=block&blockid=YQ==`, 'fits')).toBe(201);
    expect(await put(`${url}&comp=block&blockid=Yg==`, 'large')).toBe(507);
    expect(readdirSync(join(directory, '.incoming'))).toEqual([]);
    expect(await put(`${url}&comp=block&blockid=Yw==`, 'late')).toBe(507);
    expect(await put(`${url}&comp=blocklist`, listOf('YQ=='))).toBe(507);
    expect(one.heard).toEqual(['the artifact dist was not stored: there is no space left on the disk']);
    expect(await one.upload('dist', 'fits')).toMatchObject({ ok: true });
  });

  it('of an earlier process is there again, when its file is', async () => {
    const known = ['kept', 'mine', 'lost'].map((name, index) => ({
      id: index + 1,
      name,
      mime: 'application/zip',
      path: `shown/../../${name}.zip`,
      bytes: 4,
      sha256: sha256('kept'),
      createdAt: '2026-11-22T00:00:00.000Z',
      job: 'earlier',
      leg: name === 'kept' ? 'b' : 'a',
    }));
    const { directory, job } = openScene({ known, lastId: 7 });
    for (const name of ['kept', 'mine']) writeFileSync(join(directory, `${name}.zip`), 'kept');
    mkdirSync(join(directory, '.incoming', '1'), { recursive: true });
    const one = await job();
    const { signed_url: signed } = await one.call('GetSignedArtifactURL', { name: 'kept' });
    expect(await (await fetch(String(signed))).text()).toBe('kept');
    expect(await one.upload('lost', 'found')).toMatchObject({ artifact_id: '8' });
    // The job begins anew, and what it had uploaded is not in its way; what others have is.
    expect(await one.upload('mine', 'newer')).toMatchObject({ artifact_id: '9' });
    expect(one.heard).toEqual(['stored 8 lost at shown/lost.zip', 'deleted 2 mine', 'stored 9 mine at shown/mine.zip']);
    expect((await one.call('CreateArtifact', { name: 'kept' })).status).toBe(409);
  });
});

describe('another run, once it is over', () => {
  it('can be read and nothing else, by what this run allows', async () => {
    const before = openScene();
    const writer = await before.job();
    await writer.upload('kept', 'from before');
    const known = [
      {
        id: 1,
        name: 'kept',
        mime: 'application/zip',
        path: 'shown/kept.zip',
        bytes: 11,
        sha256: 'a'.repeat(64),
        createdAt: '2026-11-22T00:00:00.000Z',
        job: 'earlier',
        leg: 'a',
      },
    ];
    const asked: string[] = [];
    const { job } = openScene({
      run: 'run-2',
      findRun: async (run) => {
        asked.push(run);
        return run === RUN ? { directory: before.directory, shown: 'shown', known, lastId: 1 } : undefined;
      },
    });
    const reader = await job();
    expect(await reader.call('ListArtifacts')).toMatchObject({
      artifacts: [{ workflow_run_backend_id: RUN, name: 'kept' }],
    });
    const { signed_url: url } = await reader.call('GetSignedArtifactURL', { name: 'kept' });
    expect(await (await fetch(String(url))).text()).toBe('from before');
    expect((await fetch(String(url).replace(RUN, 'run-3'))).status).toBe(403);
    expect((await fetch(String(url).replace('/earlier/', '/download/'))).status).toBe(403);
    expect((await reader.call('GetSignedArtifactURL', { name: 'other' })).status).toBe(404);
    for (const method of ['CreateArtifact', 'FinalizeArtifact', 'DeleteArtifact'])
      expect((await reader.call(method, { name: 'kept' })).status).toBe(403);
    expect((await reader.call('ListArtifacts', { workflow_run_backend_id: 'run-9' })).status).toBe(403);
    expect(new Set(asked)).toEqual(new Set([RUN, 'run-9']));
  });
});

describe('refused is', () => {
  it('a token of another run, of a job that is over, or none', async () => {
    const { job } = openScene();
    const one = await job();
    const list = `${one.origin}/twirp/github.actions.results.api.v1.ArtifactService/ListArtifacts`;
    const [header, payload, signature] = one.token.split('.');
    const forged = Buffer.from(JSON.stringify({ scp: `Actions.Results:${RUN}:${one.id}2` })).toString('base64url');
    const foreign = createPasses().tokenOf({ run: RUN, job: one.id });
    for (const token of ['', 'x', foreign, `${header}.${forged}.${signature}`, `${header}.${payload}.`]) {
      expect([token, await post(list, token, {})]).toMatchObject([token, { status: 401, code: 'unauthenticated' }]);
    }
    expect(await one.call('ListArtifacts', { workflow_run_backend_id: 'run-2' })).toMatchObject({ status: 403 });
    await one.access.close();
    expect((await one.call('ListArtifacts')).status).toBe(401);
  });

  it('an upload in the name of another job', async () => {
    const { job } = openScene();
    const [one, other] = [await job(), await job()];
    const fields = { name: 'x', workflow_job_run_backend_id: other.id };
    expect((await one.call('CreateArtifact', fields)).status).toBe(403);
    await put(await begin(other, 'x'), 'x');
    expect((await one.call('FinalizeArtifact', { ...fields, size: '1' })).status).toBe(403);
  });

  it('an address that was not given out', async () => {
    const { services, job } = openScene();
    const one = await job();
    const url = new URL(await begin(one, 'x'));
    for (const change of [
      (to: URL) => to.searchParams.delete('sig'),
      (to: URL) => to.searchParams.set('sig', 'AAAA'),
      (to: URL) => void (to.pathname = to.pathname.replace(/\d+$/, '2')),
      (to: URL) => void (to.pathname = to.pathname.replace('upload', 'download')),
    ]) {
      const changed = new URL(url);
      change(changed);
      expect([changed.href, await put(changed.href, 'x')]).toEqual([changed.href, 403]);
    }
    expect((await fetch(url)).status).toBe(400);
    expect((await fetch(`${one.origin}/blob/../../etc/passwd`)).status).toBe(401);
    expect((await fetch(`${one.origin}/blob/%zz/upload/1`)).status).toBe(404);
    await services.close();
  });

  it('what is no call', async () => {
    const { job } = openScene();
    const one = await job();
    const at = `${one.origin}/twirp/github.actions.results.api.v1.ArtifactService`;
    expect(await one.call('constructor')).toMatchObject({ status: 404, code: 'not_found' });
    expect(await post(`${at}/ListArtifacts`, one.token, '[]')).toMatchObject({ status: 400 });
    expect(await post(`${at}/ListArtifacts`, one.token, '{')).toMatchObject({ status: 400 });
    expect(await post(`${at}/ListArtifacts`, one.token, ' '.repeat(70_000))).toMatchObject({ status: 413 });
    expect(await post(`${one.origin}/twirp/other/Method`, one.token, {})).toMatchObject({ status: 404 });
    const old = await post(`${one.origin}/_apis/pipelines/workflows/1/artifacts`, one.token, {});
    expect(old['msg']).toMatch(/since version 4/);
    expect(await one.call('FinalizeArtifact', { name: 'x', size: '-1' })).toMatchObject({ status: 400 });
  });

  it('what would be written or read through a link', async () => {
    const { directory, job } = openScene();
    const one = await job();
    const elsewhere = openScene().directory;
    await one.upload('dist', 'x');
    writeFileSync(join(elsewhere, 'secret'), 's');
    rmSync(join(directory, 'dist.zip'));
    symlinkSync(join(elsewhere, 'secret'), join(directory, 'dist.zip'));
    const signed = String((await one.call('GetSignedArtifactURL', { name: 'dist' }))['signed_url']);
    expect((await fetch(signed)).status).toBe(404);
    renameSync(directory, `${directory}-moved`);
    symlinkSync(elsewhere, directory);
    expect(await one.call('CreateArtifact', { name: 'new' })).toMatchObject({ status: 403 });
    rmSync(directory);
    renameSync(`${directory}-moved`, directory);
  });
});

it('two names that come to one file are two files, and none is hidden, an option or a path', async () => {
  const { directory, job } = openScene();
  const one = await job();
  for (const name of ['a\tb', 'a_b', '...', '-rf', '.x', 'é'.repeat(250), 'x.zip'])
    expect([name, await one.upload(name, name)]).toMatchObject([name, { ok: true }]);
  for (const name of ['.', '..']) expect((await one.call('CreateArtifact', { name })).status).toBe(400);
  expect(readdirSync(directory).sort()).toEqual(
    ['.incoming', '_.zip', '_rf.zip', '_x.zip', 'a_b (2).zip', 'a_b.zip', 'x.zip', `${'é'.repeat(100)}.zip`].sort(),
  );
});
