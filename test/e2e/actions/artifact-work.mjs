/**
 * What upload-artifact and download-artifact do with the client, and what else it can: one input `do`, and the inputs
 * of those two actions where they mean something.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as core from '@actions/core';

const work = { upload, download, list, delete: remove };

export async function perform(client) {
  try {
    await work[core.getInput('do')](client);
  } catch (error) {
    core.setFailed(`${error.name}: ${error.message}`);
  }
}

async function upload(client) {
  const name = core.getInput('name') || 'artifact';
  const path = resolve(core.getInput('path'));
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  const files = isFolder ? filesIn(path) : isFolder === undefined ? [] : [path];
  if (files.length === 0) return missing(core.getInput('if-no-files-found') || 'warn');
  if (core.getInput('overwrite') === 'true') await removeIfThere(client, name);
  const root = isFolder ? path : dirname(path);
  const { id, size, digest } = await client.uploadArtifact(name, files, root, uploadOptions());
  core.setOutput('artifact-id', id);
  core.setOutput('artifact-digest', digest);
  if (!(size > 0)) throw new Error('nothing was uploaded');
  core.info(`uploaded ${name}`);
}

function uploadOptions() {
  const level = core.getInput('compression-level');
  const days = core.getInput('retention-days');
  return {
    ...(level === '' ? {} : { compressionLevel: Number(level) }),
    ...(days === '' ? {} : { retentionDays: Number(days) }),
    ...(core.getInput('archive') === 'false' ? { skipArchive: true } : {}),
  };
}

async function removeIfThere(client, name) {
  try {
    await client.deleteArtifact(name);
  } catch (error) {
    if (error.name !== 'ArtifactNotFoundError') throw error;
  }
}

function missing(what) {
  if (what === 'error') core.setFailed('no files were found');
  else if (what === 'warn') core.warning('no files were found');
}

async function download(client) {
  const path = resolve(core.getInput('path') || '.');
  const name = core.getInput('name');
  const run = runToAsk();
  const pattern = new RegExp(`^${(core.getInput('pattern') || '*').replaceAll('*', '.*')}$`);
  const found =
    name === ''
      ? (await client.listArtifacts({ latest: true, ...run })).artifacts.filter((one) => pattern.test(one.name))
      : [(await client.getArtifact(name, run)).artifact];
  for (const artifact of found) {
    const alone = name !== '' || core.getInput('merge-multiple') === 'true';
    const to = alone ? path : join(path, artifact.name);
    mkdirSync(to, { recursive: true });
    const options = { path: to, expectedHash: artifact.digest, ...run };
    const { digestMismatch } = await client.downloadArtifact(artifact.id, options);
    if (digestMismatch === true) core.setFailed(`the digest of ${artifact.name} is wrong`);
  }
  core.info(
    `downloaded ${filesIn(path)
      .map((file) => relative(path, file))
      .join()}`,
  );
}

function runToAsk() {
  const token = core.getInput('github-token');
  if (token === '') return {};
  const [repositoryOwner, repositoryName] = core.getInput('repository').split('/');
  return { findBy: { token, workflowRunId: Number(core.getInput('run-id')), repositoryOwner, repositoryName } };
}

async function list(client) {
  core.info(`token ${process.env['ACTIONS_RUNTIME_TOKEN']}`);
  const { artifacts } = await client.listArtifacts();
  core.info(
    `listed ${artifacts
      .map(({ name }) => name)
      .sort()
      .join()}`,
  );
}

async function remove(client) {
  await client.deleteArtifact(core.getInput('name'));
  core.info(`deleted ${core.getInput('name')}`);
}

function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
