/** What @actions/github makes of the environment and the event. */
import * as core from '@actions/core';
import { context, getOctokit } from '@actions/github';

core.setOutput('context', JSON.stringify(context));
core.setOutput('repo', JSON.stringify(context.repo));
core.setOutput('issue', JSON.stringify(context.issue));
const octokit = getOctokit(core.getInput('token'));
const { url, headers } = octokit.request.endpoint('GET /repos/{owner}/{repo}', context.repo);
core.setOutput('request', JSON.stringify({ url, methods: typeof octokit.rest.issues.createComment, headers }));
