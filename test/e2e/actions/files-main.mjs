/** Programs and files: @actions/exec, @actions/io and @actions/glob. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as core from '@actions/core';
import * as exec from '@actions/exec';
import * as glob from '@actions/glob';
import * as io from '@actions/io';

const heard = { out: [], err: [] };
const listeners = { stdline: (line) => heard.out.push(line), errline: (line) => heard.err.push(line) };
const code = await exec.exec('sh', ['-c', 'echo "$GREETING $(cat)"; echo bad >&2; exit 3'], {
  listeners,
  ignoreReturnCode: true,
  input: Buffer.from('from input'),
  env: { ...process.env, GREETING: 'hi' },
});
core.setOutput('heard', JSON.stringify({ code, ...heard }));
const quoted = await exec.getExecOutput('printf "%s|" "a b" c', [], { silent: true });
core.setOutput('quoted', quoted.stdout);
await exec.exec('false').catch((error) => core.setOutput('complaint', error.message));

core.setOutput('which', (await io.which('git', true)) === (await exec.getExecOutput('which git')).stdout.trim());
const made = join(process.env['RUNNER_TEMP'], 'made');
await io.mkdirP(join(made, 'deep'));
writeFileSync(join(made, 'deep', 'a'), 'x');
await io.cp(made, `${made}-copy`, { recursive: true });
await io.mv(join(`${made}-copy`, 'deep', 'a'), join(`${made}-copy`, 'b'));
core.setOutput('copied', readFileSync(join(`${made}-copy`, 'b'), 'utf8'));
await io.rmRF(made);
core.setOutput('gone', !existsSync(made));

const globber = await glob.create(core.getInput('patterns'));
const found = await globber.glob();
core.setOutput('found', found.map((path) => relative(process.env['GITHUB_WORKSPACE'], path)).join(' '));
core.setOutput('hash', await glob.hashFiles(core.getInput('patterns')));
