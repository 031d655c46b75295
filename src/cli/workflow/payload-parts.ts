/** What payloads of all kinds are made of: the repository, people and commits, as GitHub describes them. */
import type { Json, JsonObject } from '../../workflow/index.ts';
import type { CommitFacts, RepositoryFacts } from './facts.ts';

/** The number and id of whatever was made up: a pull request, an issue. */
export const NUMBER = 1;

export function commitOf(
  facts: RepositoryFacts,
  { id, tree, message, timestamp, author, committer }: CommitFacts,
): JsonObject {
  return {
    id,
    tree_id: tree,
    distinct: true,
    message,
    timestamp,
    url: `${urlOf(facts)}/commit/${id}`,
    author: { ...author },
    committer: { ...committer },
  };
}

export function repositoryOf(facts: RepositoryFacts): JsonObject {
  const url = urlOf(facts);
  const owner = ownerOf(facts);
  return {
    id: NUMBER,
    name: facts.name.slice(owner.length + 1),
    full_name: facts.name,
    private: false,
    fork: false,
    owner: { ...userOf(owner), name: owner },
    default_branch: facts.defaultBranch,
    master_branch: facts.defaultBranch,
    html_url: url,
    url,
    clone_url: `${url}.git`,
    git_url: `${url.replace(/^https/, 'git')}.git`,
    ssh_url: `git@${facts.serverUrl.replace('https://', '')}:${facts.name}.git`,
  };
}

export function userOf(login: string): { readonly [key: string]: Json } {
  return { login, id: NUMBER, type: 'User', site_admin: false };
}

export function ownerOf({ name }: RepositoryFacts): string {
  return name.split('/')[0] ?? '';
}

export function urlOf({ serverUrl, name }: RepositoryFacts): string {
  return `${serverUrl}/${name}`;
}
