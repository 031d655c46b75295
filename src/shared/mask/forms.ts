/** The ways a secret turns up in output: as it is, by the line, quoted, escaped and encoded. */

/** A derived form shorter than this would mask text that has nothing to do with the secret. */
const SHORTEST_DERIVED = 4;
const UNRESERVED = /[A-Za-z0-9\-_.~]/;

/**
 * Every byte sequence to look for, line breaks left out (the search ignores them), without repeats.
 * Values and lines of fewer than `shortest` characters are passed over.
 */
export function secretForms(value: string, shortest: number): readonly Uint8Array[] {
  const forms = new Map<string, Uint8Array>();
  for (const text of readings(value, shortest)) {
    for (const form of [text, ...escapedForms(text)]) keep(forms, form, Math.min(shortest, SHORTEST_DERIVED));
    for (const form of encodedForms(text)) keep(forms, form, SHORTEST_DERIVED);
  }
  return [...forms.values()];
}

function keep(forms: Map<string, Uint8Array>, form: string, shortest: number): void {
  const bare = form.replaceAll(/[\r\n]/g, '');
  if (bare.length >= shortest) forms.set(bare, Buffer.from(bare));
}

/** The value and the parts of it that are secret by themselves. */
function readings(value: string, shortest: number): ReadonlySet<string> {
  const parts = [value, value.trim()];
  for (const line of value.split(/\r\n|\r|\n/)) parts.push(line, line.trim());
  // Shells and option parsers take the quotes of a quoted value away.
  if (value.length > 8 && value.startsWith('"') && value.endsWith('"')) parts.push(value.slice(1, -1));
  parts.push(...aroundAmpersand(value).filter((part) => part.length >= 6));
  return new Set(parts.filter((part) => part.trim().length >= shortest));
}

/** PowerShell's error messages print the parts around an ampersand apart, and the character behind `&+` by itself. */
function aroundAmpersand(value: string): readonly string[] {
  const joint = value.indexOf('&+');
  if (joint >= 0) return [value.slice(0, joint + 2), value.slice(joint + 3)];
  const ampersand = value.lastIndexOf('&');
  return ampersand < 0 ? [] : [value.slice(0, ampersand + 1), value.slice(ampersand + 1)];
}

function escapedForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const jsonForms = [json, json.replaceAll('/', '\\/')];
  for (const unsafe of [/[^\x20-\x7e]/g, /[^\x20-\x7e]|[<>&'+]/g, /[<>&]/g]) {
    for (const upper of [false, true]) jsonForms.push(jsonByNumber(text, unsafe, upper));
  }
  return [
    // Control characters are taken out of what is shown on one line.
    text.replaceAll(/\p{Cc}+/gu, ' '),
    text.replaceAll(/\p{Cc}/gu, '?'),
    text.replaceAll('"', '\\"'),
    text.replaceAll("'", "''"),
    text.replaceAll("'", String.raw`'\''`),
    ...jsonForms,
    // JSON that holds JSON, as logs of requests do.
    ...jsonForms.map((form) => JSON.stringify(form).slice(1, -1)),
    ...percentForms(text),
    ...xmlForms(text),
  ];
}

/** JSON with the characters that match `unsafe` as \u00xx. */
function jsonByNumber(text: string, unsafe: RegExp, upper: boolean): string {
  const byNumber = (character: string): string => {
    const hex = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${upper ? hex.toUpperCase() : hex}`;
  };
  // Quotes, backslashes and the short escapes such as \t first; what is left unsafe is one code unit each.
  return JSON.stringify(text).slice(1, -1).replaceAll(unsafe, byNumber);
}

function percentForms(text: string): readonly string[] {
  const bytes = [...Buffer.from(text)];
  const forms: string[] = [];
  for (const safe of [UNRESERVED, /[A-Za-z0-9\-_.~!'()*]/, /[A-Za-z0-9\-_.~!'()*;,/?:@&=+$#]/]) {
    const upper = bytes.map((byte) => percent(byte, safe)).join('');
    const lower = upper.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
    for (const form of [upper, lower]) forms.push(form, form.replaceAll('%20', '+'));
  }
  return forms;
}

function percent(byte: number, safe: RegExp): string {
  const character = String.fromCharCode(byte);
  return safe.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function xmlForms(text: string): readonly string[] {
  const markup = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = markup.replaceAll('"', '&quot;');
  return [markup, quoted, ...['&apos;', '&#39;', '&#x27;', '&#039;'].map((quote) => quoted.replaceAll("'", quote))];
}

function encodedForms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const hex = text.length >= SHORTEST_DERIVED ? bytes.toString('hex') : '';
  return [bytes.toString('base64'), bytes.toString('base64url'), ...base64Cores(bytes), hex, hex.toUpperCase()];
}

/**
 * The characters of a base64 text that depend on the secret alone, for each of the three places that it can start at
 * within a group of three bytes: `user:secret` in base64 holds one of them.
 */
function base64Cores(bytes: Uint8Array): readonly string[] {
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const first = Math.ceil((shift * 8) / 6);
    const last = Math.floor((shifted.length * 8) / 6);
    return [shifted.toString('base64').slice(first, last), shifted.toString('base64url').slice(first, last)];
  });
}
