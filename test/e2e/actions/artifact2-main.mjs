/** The client as upload-artifact@v4 has it. */
import { DefaultArtifactClient } from 'artifact-2';
import { perform } from './artifact-work.mjs';

await perform(new DefaultArtifactClient());
