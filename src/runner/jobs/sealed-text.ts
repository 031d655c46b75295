/** Texts fit to be written down: where a secret of the run stands, its name; what else must not be shown is left out. */

/** `lost`: what was masked, and is no secret that can be asked for again. */
export type SealedText =
  | string
  | { readonly parts: readonly (string | { readonly secret: string })[] }
  | { readonly lost: true };

export interface Seal {
  /** By name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly mask: (text: string) => string;
}

const LOST: SealedText = { lost: true };

export function sealText(text: string, { secrets, mask }: Seal): SealedText {
  if (mask(text) === text) return text;
  const longestFirst = Object.entries(secrets)
    .filter(([, value]) => value !== '')
    .sort(([, a], [, b]) => b.length - a.length);
  let parts: (string | { readonly secret: string })[] = [text];
  for (const [secret, value] of longestFirst) {
    parts = parts.flatMap((part) => (typeof part === 'string' ? replaced(part, value, { secret }) : [part]));
  }
  const clear = parts.every((part) => typeof part !== 'string' || mask(part) === part);
  return clear ? { parts } : LOST;
}

/** Undefined when it was lost. */
export function unsealText(text: SealedText, secrets: Seal['secrets']): string | undefined {
  if (typeof text === 'string') return text;
  if ('lost' in text) return undefined;
  return text.parts.map((part) => (typeof part === 'string' ? part : (secrets[part.secret] ?? ''))).join('');
}

function replaced<T>(text: string, value: string, by: T): (string | T)[] {
  const between = text.split(value);
  return between.flatMap((piece, index) => [...(index === 0 ? [] : [by]), ...(piece === '' ? [] : [piece])]);
}
