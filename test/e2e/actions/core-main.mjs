/** What actions do with @actions/core, as its own documentation has it. */
import * as core from '@actions/core';

core.info(`state: ${core.getState('begun')}`);
core.saveState('lists', JSON.stringify(core.getMultilineInput('lines')));
core.setOutput('text', `hello ${core.getInput('who', { required: true })}`);
core.setOutput('object', { flag: core.getBooleanInput('flag'), lines: core.getMultilineInput('lines') });
core.setOutput('long', 'one\ntwo');
core.exportVariable('FROM_ACTION', 'value\nof two lines');
core.addPath(core.getInput('path'));
core.setSecret('tops3cret');
core.info('the secret is tops3cret');
core.debug('only when asked for');
core.notice('take note');
core.warning('look here', { title: 'Careful', file: 'README.md', startLine: 1, endLine: 1, startColumn: 2 });
core.error('with 100% odd: characters, and a\nsecond line', { title: 'a:b,c%' });
await core.group('inside a group', async () => core.info('grouped'));
await core.summary
  .addHeading('Report')
  .addTable([[{ data: 'name', header: true }], ['tops3cret']])
  .write();
try {
  await core.getIDToken();
} catch (error) {
  core.info(`no token: ${error.message}`);
}
if (core.getInput('fail') !== '') core.setFailed(core.getInput('fail'));
