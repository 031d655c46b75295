import { describe, expect, it } from 'vitest';
import { createMasker } from '../../shared/mask.ts';
import { sealText, unsealText } from './sealed-text.ts';

const SECRETS = { TOKEN: 'hunter22', LONG: 'hunter22-and-more', EMPTY: '' };

function seal(text: string) {
  const masker = createMasker([...Object.values(SECRETS), 'made-at-run-time'], { shortest: 1 });
  return sealText(text, { secrets: SECRETS, mask: (clear) => masker.maskText(clear) });
}

describe('a sealed text', () => {
  it.each<[string, ReturnType<typeof seal>]>([
    ['nothing to hide', 'nothing to hide'],
    ['', ''],
    ['hunter22', { parts: [{ secret: 'TOKEN' }] }],
    ['a hunter22 b', { parts: ['a ', { secret: 'TOKEN' }, ' b'] }],
    ['hunter22-and-more', { parts: [{ secret: 'LONG' }] }],
    ['hunter22hunter22', { parts: [{ secret: 'TOKEN' }, { secret: 'TOKEN' }] }],
    ['made-at-run-time', { lost: true }],
    [Buffer.from('hunter22').toString('base64'), { lost: true }],
  ])('of %j', (text, sealed) => {
    expect(seal(text)).toEqual(sealed);
    const lost = typeof sealed === 'object' && 'lost' in sealed;
    expect(unsealText(seal(text), SECRETS)).toBe(lost ? undefined : text);
  });

  it('takes the value that its secret has now', () => {
    expect(unsealText(seal('key=hunter22'), { TOKEN: 'new' })).toBe('key=new');
  });
});
