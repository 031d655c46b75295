/** The client as upload-artifact has it today. */
import { DefaultArtifactClient } from '@actions/artifact';
import { perform } from './artifact-work.mjs';

await perform(new DefaultArtifactClient());
