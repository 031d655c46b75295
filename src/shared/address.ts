/** How addresses of the internet are written, so that two spellings of one are known for the same. */

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);

/** One spelling for each address; undefined for what is none. IPv6 comes without brackets. */
export function canonicalAddress(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  if (!text.includes(':') || !/^[0-9a-f:.]+$/i.test(text)) return undefined;
  const url = `http://[${text}]`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

/** A name as it is looked up, in ASCII; '' for what cannot be one. */
export function asciiName(name: string): string {
  const url = `http://${name}`;
  // These end the name in an address, and the rest would not be looked at.
  if (/[?#@%/\\:\s]/.test(name) || !URL.canParse(url)) return '';
  return new URL(url).hostname;
}
