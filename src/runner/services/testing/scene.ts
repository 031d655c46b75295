/** The services of a run that keeps its artifacts in a folder of the test's, and jobs that call them as clients do. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { hostPath } from '../../../shared/brand.ts';
import { createRunServices, type JobAccess, type RunServicesSettings } from '../run-services.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

export const RUN = 'run-1';

export type Answer = { readonly status: number } & Readonly<Record<string, unknown>>;

export interface Job {
  readonly access: JobAccess;
  readonly origin: string;
  readonly token: string;
  /** As the token says. */
  readonly id: string;
  /** What it was told to tell, in order. */
  readonly heard: string[];
  /** Calls a method, in its own name unless `fields` say otherwise. */
  readonly call: (method: string, fields?: object) => Promise<Answer>;
  /** Uploads as the client does with little content. */
  readonly upload: (name: string, content: string, fields?: object) => Promise<Answer>;
}

export function openScene(settings: Partial<RunServicesSettings> = {}) {
  const directory = hostPath(realpathSync(mkdtempSync(join(tmpdir(), 'orch-artifacts-'))));
  endings.push(() => rmSync(directory, { recursive: true, force: true }));
  const services = createRunServices({
    run: RUN,
    directory,
    shown: 'shown',
    known: [],
    lastId: 0,
    time: () => '2026-11-23T00:00:00.000Z',
    mask: (text) => text,
    onToken: () => undefined,
    ...settings,
  });
  endings.push(() => services.close());
  return { directory, services, job: (leg = 'a') => openJob(services, leg) };
}

async function openJob(services: ReturnType<typeof createRunServices>, leg: string): Promise<Job> {
  const heard: string[] = [];
  const access = services.openJob({
    leg,
    onStored: ({ id, name, path }) => heard.push(`stored ${id} ${name} at ${path}`),
    onDeleted: ({ id, name }) => heard.push(`deleted ${id} ${name}`),
    onTrouble: (message) => heard.push(message),
  });
  const { origin, token } = await access.enter();
  const { scp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { scp: string };
  const id = scp.split(':')[2] ?? '';
  const call: Job['call'] = async (method, fields = {}) =>
    post(`${origin}/twirp/github.actions.results.api.v1.ArtifactService/${method}`, token, {
      workflow_run_backend_id: RUN,
      workflow_job_run_backend_id: id,
      ...fields,
    });
  const upload: Job['upload'] = async (name, content, fields = {}) => {
    const { signed_upload_url: url } = await call('CreateArtifact', { name, version: 7, ...fields });
    if (typeof url !== 'string') throw new Error(`no address to upload ${name} to`);
    await fetch(url, { method: 'PUT', body: content });
    return call('FinalizeArtifact', { name, size: String(Buffer.byteLength(content)) });
  };
  return { access, origin, token, id, heard, call, upload };
}

export async function post(url: string, token: string, body: object | string): Promise<Answer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}
