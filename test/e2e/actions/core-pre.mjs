/** The stage before: what it keeps is for the others. */
import * as core from '@actions/core';

core.saveState('begun', 'in pre');
core.info(`pre of ${core.getInput('who')}`);
