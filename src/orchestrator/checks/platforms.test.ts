import { describe } from 'vitest';
import { checkCases, file } from '../testing/cases.ts';

describe('platforms', () => {
  checkCases([
    ['of the right form', file('platforms: { ubuntu-latest: "ghcr.io/o/r:1@sha256:ab", big: host, GPU: host }'), ''],
    ['a label of GitHub, mistyped', file('platforms: { ⟦ubuntu-lates⟧: host }'), 'unknown-label', 'ubuntu-latest'],
    ['this machine, mistyped', file('platforms: { big: ⟦hots⟧ }'), 'no-host', 'this machine is "host"'],
    ['two that are one label', file('platforms: { big: host, ⟦BIG⟧: alpine }'), 'duplicate-key'],
    ['no label', file('platforms: { ⟦" "⟧: host }'), 'bad-name'],
    ['options in place of an image', file('platforms: { big: ⟦"-v /:/host"⟧ }'), 'bad-value', 'must be an image'],
    ["act's word", file('platforms: { big: ⟦-self-hosted⟧ }'), 'bad-value', 'or host'],
    ['an image that is none', file('platforms: { big: ⟦{ image: x }⟧ }'), 'bad-value', 'not a mapping'],
    ['a list', file('platforms: ⟦[big]⟧'), 'bad-value', 'must be a mapping of labels to images, or to host'],
  ]);
});
