import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText } from './cut-text.ts';
import { secretForms } from './mask/forms.ts';
import { createMasker, type Masker, type MaskOptions } from './mask.ts';

const SECRET = `p4ss"w0rd'/+ <é>&x`;

function maskInChunks(masker: Masker, data: Uint8Array, cuts: readonly number[]): Buffer {
  const stream = masker.stream();
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts.map((c) => c % (data.length + 1)).sort((a, b) => a - b), data.length]) {
    // Handed-out chunks may share memory with what came in: copy before the next push, as a writer would.
    parts.push(Uint8Array.from(stream.push(data.subarray(from, cut))));
    from = cut;
  }
  parts.push(stream.end());
  return Buffer.concat(parts);
}

/** What the masker promises, the slow way: every occurrence of every form, line breaks ignored, merged. */
function maskSlowly(secrets: readonly string[], data: Buffer, shortest: number): Buffer {
  const places = [...data.keys()].filter((i) => data[i] !== 10 && data[i] !== 13);
  const bare = Buffer.from(places.map((i) => data[i] ?? 0));
  const covered = new Uint8Array(data.length);
  for (const form of secrets.flatMap((secret) => secretForms(secret, shortest))) {
    for (let at = bare.indexOf(form); at !== -1; at = bare.indexOf(form, at + 1)) {
      covered.fill(1, places[at] ?? 0, (places[at + form.length - 1] ?? 0) + 1);
    }
  }
  const out: number[] = [];
  for (const [i, byte] of data.entries()) {
    if (covered[i] === 0) out.push(byte);
    else if (i === 0 || covered[i - 1] === 0) out.push(42, 42, 42);
  }
  return Buffer.from(out);
}

describe('forms', () => {
  const utf8 = Buffer.from(SECRET);
  const json = JSON.stringify(SECRET).slice(1, -1);
  const cases: readonly (readonly [string, string])[] = [
    ['itself', SECRET],
    ['base64', utf8.toString('base64')],
    ['base64url', utf8.toString('base64url')],
    ['hex', utf8.toString('hex')],
    ['upper-case hex', utf8.toString('hex').toUpperCase()],
    ['JSON', json],
    ['JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['JSON with an escaped slash', json.replaceAll('/', '\\/')],
    ['JSON in ASCII', json.replaceAll('é', '\\u00e9')],
    ['JSON safe for HTML', json.replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026')],
    ['URI component', encodeURIComponent(SECRET)],
    ['lower-case URI component', encodeURIComponent(SECRET).replaceAll(/%../g, (m) => m.toLowerCase())],
    ['URI', encodeURI(SECRET)],
    ['form data', new URLSearchParams({ a: SECRET }).toString().slice(2)],
    ['XML', SECRET.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['doubled quotes', SECRET.replaceAll("'", "''")],
    ['shell quotes', SECRET.replaceAll("'", `'\\''`)],
    ['escaped double quotes', SECRET.replaceAll('"', '\\"')],
    ['wrapped in base64 of two columns', (utf8.toString('base64').match(/.{1,2}/g) ?? []).join('\r\n')],
  ];
  it.each(cases)('%s', (_, form) => {
    expect(createMasker([SECRET]).maskText(`a ${form} b`)).toBe('a *** b');
  });

  it.each([0, 1, 2, 3])(
    'base64 with %i bytes before and some after leaves no part that depends on the secret alone',
    (before) => {
      const around = (secret: string) => Buffer.from(`${'u'.repeat(before)}${secret}::tail`).toString('base64');
      const masked = createMasker(['correct horse battery']).maskText(around('correct horse battery'));
      expect(masked).toMatch(/^[\w+/]{0,4}\*\*\*[\w+/=]{0,12}$/);
    },
  );

  it.each<readonly [string, string, string, MaskOptions, string]>([
    ['each line', 'first line\nab\nthird', 'x third y ab z', {}, 'x *** y ab z'],
    ['each line by the other rule', 'first line\nab\n\nthird', 'x third y ab z', { shortest: 1 }, 'x *** y *** z'],
    ['a value with its line breaks', 'one1\r\ntwo2', 'a one1\ntwo2 b', {}, 'a *** b'],
    ['trimmed', '  token \n', '=token=', {}, '=***='],
    ['without its quotes', '"quoted-value"', 'is quoted-value.', {}, 'is ***.'],
    ['before an ampersand', 'prefix&suffix7', 'got prefix& and suffix7', {}, 'got *** and ***'],
    ['a single character', 'k', 'ok k', { shortest: 1 }, 'o*** ***'],
    ['nothing from a short value', 'abc', 'abc YWJj 616263', {}, 'abc YWJj 616263'],
    ['nothing from blank ones', ' \n\t', 'a \n\t b', { shortest: 1 }, 'a \n\t b'],
    ['a key of many lines, once', 'AAAA1\nBBBB2\nCCCC3', 'key:\nAAAA1\nBBBB2\nCCCC3\nend', {}, 'key:\n***\nend'],
    ['adjacent hits as one', 'abcd', 'xabcdabcdabcdy', {}, 'x***y'],
    ['a lone surrogate', 'bad\ud800pair', encodeURIComponent('bad\ufffdpair'), {}, '***'],
  ])('masks %s', (...row) => {
    const [, secret, text, options, expected] = row;
    expect(createMasker([secret], options).maskText(text)).toBe(expected);
  });

  it.each<readonly [string, string, number, string]>([
    ['its head', 'subject hunter22-and-more', 14, 'subject ***…'],
    ['its head within quotes', JSON.stringify(cutText('x hunter22-and-more', 8)), 100, '"x ***…"'],
    ['its head at each of two cuts', `${cutText('hunter22-', 5)}, ${cutText('a hunter22-', 6)}`, 100, '***…, a ***…'],
    ['all of it right before a cut', 'hunter22-and more', 13, '***…'],
    ['all of it and the head of one that follows', 'hunter22-andhunter22-and', 18, '***…'],
    ['the head of it in base64', Buffer.from('hunter22-and').toString('base64'), 9, '***…'],
    ['nothing of another text', 'a tailor', 7, 'a tail…'],
    ['a lone letter by which a secret happens to begin', 'a lash', 4, 'a l…'],
  ])('masks what a cut has left: %s', (_, text, most, expected) => {
    expect(createMasker(['hunter22-and', 'loose…change']).maskText(cutText(text, most))).toBe(expected);
  });

  it('masks a secret that looks as if it was cut', () => {
    expect(createMasker(['loose…change']).maskText('a loose…change b…')).toBe('a *** b…');
  });

  it('masks a secret whose control characters were taken out', () => {
    const masker = createMasker(['one\ttwo\u001b\u001bthree']);
    expect(masker.maskText('one two three; one?two??three')).toBe('***; ***');
  });

  it('merges overlapping secrets', () => {
    expect(createMasker(['abcdef', 'defghi']).maskText('abcdefghi abcdefghi')).toBe('*** ***');
  });

  it('stays small for a long secret', () => {
    const key = Array.from({ length: 60 }, (_, i) => Buffer.from(`line ${i} of a private key`).toString('base64')).join(
      '\n',
    );
    expect(createMasker([key]).maskText(`<${key}>${Buffer.from(key).toString('base64')}`)).toBe('<***>***');
  });
});

describe('streams', () => {
  it('hand chunks through untouched without secrets', () => {
    const stream = createMasker([]).stream();
    const chunk = Buffer.from('as it is');
    expect(stream.push(chunk)).toBe(chunk);
    expect(stream.end()).toHaveLength(0);
  });

  it('hold back no more than what may become a secret', () => {
    const stream = createMasker(['hunter22']).stream();
    const push = (text: string) => Buffer.from(stream.push(Buffer.from(text))).toString();
    expect(push('it is hunt')).toBe('it is ');
    expect(stream.held()).toBe(4);
    expect(push('\ning')).toBe('hunt\ning');
    expect(push('hunter')).toBe('');
    expect(Buffer.from(stream.end()).toString()).toBe('hunter');
    expect(push('22.')).toBe('22.');
  });

  it('do not keep a chunk whose memory is used again', () => {
    const stream = createMasker(['hunter22']).stream();
    const chunk = Buffer.from('hunter');
    stream.push(chunk);
    chunk.fill('x');
    expect(Buffer.from(stream.push(Buffer.from('22.'))).toString()).toBe('***.');
  });

  it('show one run of stars for hits that touch over chunks', () => {
    const masker = createMasker(['hunter22']);
    expect(String(maskInChunks(masker, Buffer.from('hunter22hunter22.'), [8]))).toBe('***.');
  });

  it('learn a secret while open', () => {
    const masker = createMasker(['first-one']);
    const stream = masker.stream();
    const out = [stream.push(Buffer.from('first-o'))];
    masker.add('second-one');
    out.push(stream.push(Buffer.from('ne second-one')), stream.end());
    expect(String(Buffer.concat(out))).toBe('*** ***');
  });

  it('do not hold back without end', () => {
    const stream = createMasker(['abcdef']).stream();
    const lines = Buffer.from('\n'.repeat(1000));
    expect(stream.push(Buffer.from('abc'))).toHaveLength(0);
    expect(stream.push(lines)).toHaveLength(1003);
    expect(stream.held()).toBe(0);
  });

  it('pass binary through', () => {
    const bytes = Buffer.from(Array.from({ length: 1024 }, (_, i) => i & 255));
    expect(maskInChunks(createMasker(['secret-value']), bytes, [100, 500])).toEqual(bytes);
  });

  it('survive a repetitive secret in repetitive output', () => {
    const masker = createMasker(['a'.repeat(4000)]);
    expect(masker.maskText(`b${'a'.repeat(1_000_000)}b`)).toBe('b***b');
  });
});

describe('any secrets, text and chunks', () => {
  // Few letters, so that overlaps, repeats and near misses abound.
  const unit = fc.constantFrom('a', 'b', '"', '\n', 'é', '&');
  const short = fc.string({ unit, minLength: 1, maxLength: 9 });
  // Long lines alone, so that the search leaps.
  const long = fc.string({ unit: fc.constantFrom('a', 'b', '"', 'é', '&'), minLength: 7, maxLength: 20 });
  const arbitrary = fc.record({
    secrets: fc.oneof(...[short, long].map((secret) => fc.array(secret, { minLength: 1, maxLength: 4 }))),
    pieces: fc.array(
      fc.oneof(
        fc.record({ secret: fc.nat(3), form: fc.nat(200), wrap: fc.boolean() }),
        fc.string({ unit: fc.constantFrom('a', 'b', '"', '\n', '\r', ' ', '\\', 'Y', '%'), maxLength: 6 }),
      ),
      { maxLength: 8 },
    ),
    cuts: fc.array(fc.nat(400), { maxLength: 12 }),
    shortest: fc.constantFrom(1, 4),
  });

  it('are masked as one whole, and wholly', () => {
    fc.assert(
      fc.property(arbitrary, ({ secrets, pieces, cuts, shortest }) => {
        const data = Buffer.concat(
          pieces.map((piece) => {
            if (typeof piece === 'string') return Buffer.from(piece);
            const forms = secretForms(secrets[piece.secret % secrets.length] ?? '', shortest);
            const form = Buffer.from(forms[piece.form % Math.max(1, forms.length)] ?? []);
            return piece.wrap ? Buffer.from([...form].flatMap((byte) => [byte, 10])) : form;
          }),
        );
        const masker = createMasker(secrets, { shortest });
        const expected = maskSlowly(secrets, data, shortest);
        expect(maskInChunks(masker, data, cuts).toString('latin1')).toBe(expected.toString('latin1'));
        expect(maskInChunks(masker, data, []).toString('latin1')).toBe(expected.toString('latin1'));
      }),
      { numRuns: 1000 },
    );
  });
});
