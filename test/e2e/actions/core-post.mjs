/** The stage after: it sees what both before it kept. */
import * as core from '@actions/core';

core.info(`post: ${core.getState('begun')}, ${core.getState('lists')}, ${process.env['FROM_ACTION']?.length}`);
