/** Secrets taken out of text and byte streams, in whatever form and however split over chunks and lines. */
import { CUT } from './cut-text.ts';
import { type Automaton, buildAutomaton, ROOT } from './mask/automaton.ts';
import { secretForms } from './mask/forms.ts';
import { leap } from './mask/leaps.ts';

export interface Masker {
  /** The text with every secret replaced by `***`, and the beginning of one that `cutText` has left at the end. */
  maskText(text: string): string;
  /** A stream of its own over the same secrets. */
  stream(): MaskStream;
  /** One more secret, for open streams as well. */
  add(value: string): void;
}

export interface MaskStream {
  /** What is certain so far; bytes that may be the start of a secret are held back. The chunk may be handed on as is. */
  push(chunk: Uint8Array): Uint8Array;
  /** What was held back. The stream may be used on, as if new. */
  end(): Uint8Array;
  /** How many bytes are held back. */
  held(): number;
}

export interface MaskOptions {
  /** Values and lines with fewer characters are not masked: 4 by default, 1 for GitHub's rule. */
  readonly shortest?: number;
}

const STARS = new TextEncoder().encode('***');
const NOTHING = new Uint8Array(0);
/** Wrapped text has a line break here and there; longer gaps end a match, so that not everything is held back. */
const LONGEST_GAP = 64;

/** Masks the given secrets; without any, streams hand chunks through untouched. */
export function createMasker(secrets: readonly string[], options: MaskOptions = {}): Masker {
  const shortest = options.shortest ?? 4;
  const values = new Set(secrets);
  let automaton: Automaton | undefined;
  let stale = true;
  const current = (): Automaton | undefined => {
    if (stale) {
      const forms = [...values].flatMap((value) => secretForms(value, shortest));
      automaton = forms.length > 0 ? buildAutomaton(forms) : undefined;
      stale = false;
    }
    return automaton;
  };
  return {
    maskText: (text) => {
      if (current() === undefined) return text;
      const masked = maskWhole(createStream(current), text);
      return masked.includes(CUT) ? maskCuts(createStream(current), masked) : masked;
    },
    stream: () => createStream(current),
    add: (value) => {
      stale ||= !values.has(value);
      values.add(value);
    },
  };
}

function maskWhole(stream: MaskStream, text: string): string {
  return Buffer.concat([stream.push(Buffer.from(text)), stream.end()]).toString();
}

/** A single byte before a cut tells nothing, and is too often the first of some form of a secret by chance. */
const SHORTEST_HEAD = 2;

/** What stands right before a cut and begins a secret is what the cut has left of one. */
function maskCuts(stream: MaskStream, text: string): string {
  const [last = '', ...others] = text.split(CUT).reverse();
  const parts = others.reverse().map((part) => {
    const before = Buffer.from(stream.push(Buffer.from(part)));
    const isHead = stream.held() >= SHORTEST_HEAD;
    const rest = stream.end();
    if (!isHead) return Buffer.concat([before, rest]).toString();
    return before.toString().replace(/(?:\*{3})?$/, '***');
  });
  return [...parts, last].join(CUT);
}

/** Where a secret stands in the data at hand. `start` may be negative when its beginning was handed out. */
interface Hit {
  start: number;
  end: number;
  /** Bytes between, line breaks not counted. */
  bytes: number;
  /** Its stars were handed out; the rest is swallowed. */
  shown: boolean;
}

/** What a search has come to: `held` are the bytes from the start of the possible match on. */
interface Search {
  automaton: Automaton;
  state: number;
  /** Line breaks in a row. */
  gap: number;
  held: Uint8Array;
  hits: Hit[];
}

function createStream(current: () => Automaton | undefined): MaskStream {
  let search: Search | undefined;
  const follow = (): Search | undefined => {
    const automaton = current();
    if (automaton === undefined) return undefined;
    if (search?.automaton !== automaton) {
      const before = search;
      search = { automaton, state: ROOT, gap: 0, held: before?.held ?? NOTHING, hits: before?.hits ?? [] };
      // A secret was added: what is held back is searched again for it.
      scan(search, search.held, 0);
    }
    return search;
  };
  return {
    push: (chunk) => {
      const at = follow();
      if (at === undefined) return chunk;
      const data = at.held.length === 0 ? chunk : joined(at.held, chunk);
      scan(at, data, at.held.length);
      const certain = backBy(data, data.length, at.automaton.depth[at.state] ?? 0);
      const out = handOut(at, data, certain);
      // A copy: the chunk's memory is its giver's, and may be large.
      at.held = new Uint8Array(data.subarray(certain));
      return out;
    },
    end: () => {
      const at = follow();
      if (at === undefined) return NOTHING;
      const out = handOut(at, at.held, at.held.length);
      search = undefined;
      return out;
    },
    held: () => search?.held.length ?? 0,
  };
}

function scan(search: Search, data: Uint8Array, from: number): void {
  const { leaps } = search.automaton;
  const breaks = { feed: -1, carriage: -1 };
  for (let at = from; at < data.length; ) {
    let leapFrom = data.length;
    if (search.state === ROOT && leaps !== undefined) {
      const line = { from: at, to: nextBreak(breaks, data, at) };
      at = leap(leaps, data, line);
      // The end of a line is too short for a window: the next one may be leapt over again.
      leapFrom = at + leaps.window > line.to ? line.to : at;
    }
    const before = at;
    at = skim(search, data, { from: at, leapFrom });
    if (at < data.length && (at === before || search.state !== ROOT)) stepClosely(search, data, at++);
  }
}

/** Where the next line break is; the places known so far are kept, so that each is looked for once. */
function nextBreak(known: { feed: number; carriage: number }, data: Uint8Array, at: number): number {
  if (known.feed < at) known.feed = placeOf(data, 0x0a, at);
  if (known.carriage < at) known.carriage = placeOf(data, 0x0d, at);
  return Math.min(known.feed, known.carriage);
}

function placeOf(data: Uint8Array, byte: number, from: number): number {
  const place = data.indexOf(byte, from);
  return place === -1 ? data.length : place;
}

/** Moves over bytes at which nothing happens, up to one that asks for a closer look, or the root after `leapFrom`. */
function skim(search: Search, data: Uint8Array, span: { readonly from: number; readonly leapFrom: number }): number {
  const { classes, table, width, dense, longest } = search.automaton;
  if (search.state >= dense || (longest[search.state] ?? 0) > 0) return span.from;
  let row = search.state * width;
  let at = span.from;
  // Two reads a byte. The casts spare a test for undefined at places that always exist.
  while (at < data.length) {
    const next = table[row + (classes[data[at] as number] as number)] as number;
    if (next < 0) break;
    row = next;
    at++;
    if (row === 0 && at > span.leapFrom) break;
  }
  search.state = row / width;
  if (at > span.from) search.gap = 0;
  return at;
}

/** One byte with everything that can happen at it. */
function stepClosely(search: Search, data: Uint8Array, at: number): void {
  const byte = data[at] ?? 0;
  if (byte === 0x0a || byte === 0x0d) {
    search.gap++;
    if (search.gap > LONGEST_GAP) search.state = ROOT;
    return;
  }
  search.gap = 0;
  search.state = search.automaton.step(search.state, byte);
  const bytes = search.automaton.longest[search.state] ?? 0;
  if (bytes > 0) record(search.hits, data, { end: at + 1, bytes });
}

function record(hits: Hit[], data: Uint8Array, found: { readonly end: number; readonly bytes: number }): void {
  const last = hits.at(-1);
  if (last !== undefined && last.end === found.end - 1 && found.bytes <= last.bytes + 1) {
    last.end = found.end;
    last.bytes++;
    return;
  }
  const hit = { ...found, start: backBy(data, found.end, found.bytes), shown: false };
  for (let before = hits.at(-1); before !== undefined && before.end >= hit.start; before = hits.at(-1)) {
    if (before.start < hit.start) {
      hit.start = before.start;
      hit.bytes = Math.max(hit.bytes, before.bytes);
    }
    hit.shown ||= before.shown;
    hits.pop();
  }
  hits.push(hit);
}

/** The place `count` bytes before `end`, line breaks not counted. */
function backBy(data: Uint8Array, end: number, count: number): number {
  let at = end;
  for (let left = count; left > 0 && at > 0; ) {
    at--;
    if (data[at] !== 0x0a && data[at] !== 0x0d) left--;
  }
  return at;
}

/** The data up to `certain` with stars for hits; the hits are moved along to what comes after it. */
function handOut(search: Search, data: Uint8Array, certain: number): Uint8Array {
  if (search.hits.length === 0) return data.subarray(0, certain);
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const hit of search.hits) {
    if (hit.start >= certain) break;
    if (hit.start > at) parts.push(data.subarray(at, hit.start));
    if (!hit.shown) parts.push(STARS);
    hit.shown = true;
    at = Math.max(at, Math.min(hit.end, certain));
  }
  if (at < certain) parts.push(data.subarray(at, certain));
  // A hit that ends exactly here stays known: one that follows at once is shown by the same stars.
  search.hits = search.hits
    .filter((hit) => hit.end >= certain)
    .map((hit) => ({ ...hit, start: hit.start - certain, end: hit.end - certain }));
  return Buffer.concat(parts);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
