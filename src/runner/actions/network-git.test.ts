import { expect, it } from 'vitest';
import { isPassing } from './network-git.ts';

it.each<readonly [string, boolean]>([
  ['error: RPC failed; curl 56 Recv failure: Connection reset by peer', true],
  ['fatal: the remote end hung up unexpectedly', true],
  ['fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF', true],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 503", true],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 429", true],
  ["fatal: unable to access 'https://x/': Operation timed out after 60000 milliseconds", true],
  ["fatal: unable to access 'https://x/': The requested URL returned error: 403", false],
  ["fatal: repository 'https://x/' not found", false],
  ["fatal: unable to access 'https://x/': Could not resolve host: x", false],
  ["fatal: unable to access 'https://x/': Failed to connect to x port 443: Connection refused", false],
  ["fatal: couldn't find remote ref refs/heads/x", false],
])('%s', (stderr, passing) => {
  expect(isPassing({ code: 128, stderr })).toBe(passing);
});
