/** JSON with sealed texts in it, so that it can lie on disk without a secret. */
import { type Seal, type SealedText, sealText, unsealText } from './sealed-text.ts';

const MARK = '$sealed';

export function sealJson(value: unknown, seal: Seal): string {
  return `${JSON.stringify(sealed(JSON.parse(JSON.stringify(value)), seal), null, 2)}\n`;
}

/** What was lost is an empty text. Throws `SyntaxError` for what is no JSON. */
export function unsealJson(text: string, secrets: Seal['secrets']): unknown {
  return JSON.parse(text, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || !(MARK in inner)) return inner;
    return unsealText(inner[MARK] as SealedText, secrets) ?? '';
  });
}

function sealed(value: unknown, seal: Seal): unknown {
  if (typeof value === 'string') {
    const text = sealText(value, seal);
    return typeof text === 'string' ? text : { [MARK]: text };
  }
  if (Array.isArray(value)) return value.map((item) => sealed(item, seal));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sealed(inner, seal)]));
}
