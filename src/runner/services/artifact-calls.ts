/** The calls by which GitHub's clients create, list, find and delete artifacts, as far as they are known: results API, version 1. */
import { ok, type Result } from '../../shared/result.ts';
import type { Artifact, ArtifactShelf } from './artifact-shelf.ts';
import type { Bearer, Passes } from './passes.ts';
import { type Refusal, refuse } from './refusal.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Who calls, and what it can have. */
export interface Call {
  readonly shelf: ArtifactShelf;
  readonly passes: Passes;
  /** Its run is this one, or another whose artifacts alone it is for. */
  readonly bearer: Bearer;
  /** This one. */
  readonly run: string;
  /** The job, as the run calls it. */
  readonly leg: string;
  /** As the client reaches the service: `http://127.0.0.1:1234`. */
  readonly origin: string;
  /** The artifacts of another run that is over; undefined where there is no such run. */
  readonly ofRun: (run: string) => Promise<ArtifactShelf | undefined>;
  readonly onStored: (artifact: Artifact) => void;
  readonly onDeleted: (artifact: Artifact) => void;
}

type Answer = Result<Fields, Refusal>;
type Method = (call: Call, fields: Fields) => Answer | Promise<Answer>;

const METHODS: Readonly<Record<string, Method>> = {
  CreateArtifact: create,
  FinalizeArtifact: finalize,
  ListArtifacts: list,
  GetSignedArtifactURL: address,
  DeleteArtifact: remove,
};

export async function callArtifacts(method: string, call: Call, fields: Fields): Promise<Answer> {
  const perform = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (perform === undefined) return refuse(404, `the artifact service of orch has no method ${method}`);
  const run = text(fields, 'workflow_run_backend_id') ?? '';
  if (run === call.run) return perform(call, fields);
  const shelf = READING.includes(method) ? await call.ofRun(run) : undefined;
  if (shelf === undefined) return run === call.bearer.run ? refuse(404, NO_RUN) : refuse(403, OTHER_RUN);
  if (perform === list) return list({ ...call, shelf }, fields, run);
  return addressIn(call, { shelf, run }, fields);
}

const OTHER_RUN = 'the artifacts of another run cannot be reached';
const NO_RUN =
  'no run of this repository here that is over has this id; GitHub was not asked, since github-token is empty ' +
  '(the secret GITHUB_TOKEN fills it)';

/** What may be asked of another run. */
const READING: readonly string[] = ['ListArtifacts', 'GetSignedArtifactURL'];

export type BlobKind = 'upload' | 'download' | 'earlier';

/** What an address of a blob is signed for. */
export function signedFor(kind: BlobKind, id: string): string {
  return `${kind} ${id}`;
}

async function create(call: Call, fields: Fields): Promise<Answer> {
  const { job } = call.bearer;
  if (!isOwn(call, fields)) return foreign();
  const mime = text(fields, 'mime_type');
  const name = text(fields, 'name') ?? '';
  if (call.shelf.leftBy(call.leg, name) !== undefined) await discard(call, name);
  const created = await call.shelf.create({ job, leg: call.leg, name, mime });
  return created.ok ? ok({ ok: true, signed_upload_url: addressOf(call, 'upload', created.value) }) : created;
}

async function finalize(call: Call, fields: Fields): Promise<Answer> {
  const { job } = call.bearer;
  if (!isOwn(call, fields)) return foreign();
  // Clients leave out a number that is zero.
  const bytes = integer(fields['size'] ?? 0);
  if (bytes === undefined) return refuse(400, 'the size is no number of bytes');
  const name = text(fields, 'name') ?? '';
  const finalized = await call.shelf.finalize({ job, name, bytes, digest: text(fields, 'hash') });
  if (!finalized.ok) return finalized;
  call.onStored(finalized.value);
  return ok({ ok: true, artifact_id: String(finalized.value.id) });
}

function list({ shelf, run: own }: Call, fields: Fields, run = own): Answer {
  const name = text(fields, 'name_filter');
  const id = fields['id_filter'];
  const artifacts = shelf
    .list()
    .filter((one) => (name === undefined || one.name === name) && (id == null || one.id === integer(id)))
    .map((one) => ({
      workflow_run_backend_id: run,
      workflow_job_run_backend_id: one.job,
      database_id: String(one.id),
      name: one.name,
      size: String(one.bytes),
      created_at: one.createdAt,
      digest: `sha256:${one.sha256}`,
    }));
  return ok({ artifacts });
}

function address(call: Call, fields: Fields): Answer {
  const name = text(fields, 'name') ?? '';
  const artifact = call.shelf.byName(name);
  if (artifact === undefined) return refuse(404, `there is no artifact ${name} in this run`);
  return ok({ signed_url: addressOf(call, 'download', String(artifact.id)) });
}

/** Of another run: its address names that run. */
function addressIn(
  { passes, origin }: Call,
  { shelf, run }: { readonly shelf: ArtifactShelf; readonly run: string },
  fields: Fields,
): Answer {
  const name = text(fields, 'name') ?? '';
  const artifact = shelf.byName(name);
  if (artifact === undefined) return refuse(404, `there is no artifact ${name} in the run ${run}`);
  const signature = passes.sign(signedFor('earlier', `${run}/${artifact.id}`));
  return ok({ signed_url: `${origin}/blob/${encodeURIComponent(run)}/earlier/${artifact.id}?sig=${signature}` });
}

/** Clients say whose it is, as the list has told them; they mean no other. */
async function remove(call: Call, fields: Fields): Promise<Answer> {
  const name = text(fields, 'name') ?? '';
  const owner = text(fields, 'workflow_job_run_backend_id');
  const artifact = call.shelf.byName(name);
  if (artifact !== undefined && artifact.job !== owner)
    return refuse(404, `the artifact ${name} is not of the job that was named`);
  return discard(call, name);
}

async function discard(call: Call, name: string): Promise<Answer> {
  const removed = await call.shelf.remove(name);
  if (!removed.ok) return removed;
  call.onDeleted(removed.value);
  return ok({ ok: true, artifact_id: String(removed.value.id) });
}

/** The client of the blobs takes what comes first in the path for an account, and wants a folder and a name behind it. */
function addressOf({ passes, run, origin }: Call, kind: 'upload' | 'download', id: string): string {
  return `${origin}/blob/${run}/${kind}/${id}?sig=${passes.sign(signedFor(kind, id))}`;
}

/** Nobody uploads in the name of another job; what others have uploaded is there for all. */
function isOwn({ bearer }: Call, fields: Fields): boolean {
  return text(fields, 'workflow_job_run_backend_id') === bearer.job;
}

function foreign(): Answer {
  return refuse(403, 'an artifact can only be uploaded as that of the job itself');
}

function text(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Of 64 bits, as text. */
function integer(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
