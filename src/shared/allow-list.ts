/** The hosts that a box may reach, as the user lists them: names, suffixes and addresses, each with one port. */
import { asciiName, canonicalAddress } from './address.ts';
import { err, ok, type Result } from './result.ts';

export type AllowList = readonly AllowRule[];

export interface AllowRule {
  /** `suffix` stands for every name below `host`, not for `host` itself. */
  readonly kind: 'name' | 'suffix' | 'address';
  /** Lower case, without brackets or a final dot. */
  readonly host: string;
  readonly port: number;
}

export interface Target {
  /** As in a rule. */
  readonly host: string;
  readonly port: number;
  readonly isAddress: boolean;
}

/** HTTPS. Plain HTTP can be read and changed on its way, so it is wanted by its port or not at all. */
const DEFAULT_PORT = 443;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const LONGEST_NAME = 253;

/** `example.com`, `*.example.com`, `example.com:8443`, `192.0.2.1:5432`, `[2001:db8::1]:443`. The error is a sentence. */
export function parseAllowRule(text: string): Result<AllowRule, string> {
  const parts = /^(\*\.)?(\[[^\]]*\]|[^:[\]/]+)(?::(\d{1,5}))?$/.exec(text.trim());
  if (parts === null) return err(`${quoted(text)} is not a host${shapeHint(text)}`);
  const [, star, raw = '', digits] = parts;
  const port = digits === undefined ? DEFAULT_PORT : readPort(digits);
  if (port === undefined) return err(`${quoted(text)} has no port from 1 to 65535`);
  const host = readHost(raw.startsWith('[') ? raw : asciiName(raw));
  if (host === undefined) return err(`${quoted(text)} is not a host name or an address`);
  if (star === undefined) return ok({ kind: host.isAddress ? 'address' : 'name', host: host.host, port });
  if (host.isAddress) return err(`${quoted(text)} puts a star before an address: list each address by itself`);
  if (!host.host.includes('.'))
    return err(`${quoted(text)} would allow a whole top-level domain: name more of the host`);
  return ok({ kind: 'suffix', host: host.host, port });
}

/** Reads `host:port` as a client writes it; undefined for anything that is not exactly that. */
export function parseAuthority(text: string, defaultPort?: number): Target | undefined {
  const parts = /^(\[[^\]]*\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  if (parts === null) return undefined;
  const [, raw = '', digits] = parts;
  const port = digits === undefined ? defaultPort : readPort(digits);
  const host = readHost(raw);
  return port === undefined || host === undefined ? undefined : { ...host, port };
}

/** Whether the list has the host under this port. */
export function isListed(list: AllowList, { host, port, isAddress }: Target): boolean {
  return list.some((rule) => {
    if (rule.port !== port) return false;
    if (isAddress) return rule.kind === 'address' && rule.host === host;
    return rule.kind === 'suffix' ? host.endsWith(`.${rule.host}`) : rule.kind === 'name' && rule.host === host;
  });
}

/** Whether the host is there under some port: for the words of a refusal. */
export function listedPorts(list: AllowList, target: Target): readonly number[] {
  return [...new Set(list.map(({ port }) => port))].filter((port) => isListed(list, { ...target, port }));
}

/** A host as the user would list it. */
export function formatHost({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** A rule as it would be written. */
export function formatRule(rule: AllowRule): string {
  return `${rule.kind === 'suffix' ? '*.' : ''}${formatHost(rule)}`;
}

function readHost(raw: string): Omit<Target, 'port'> | undefined {
  if (raw.startsWith('[')) {
    const address = canonicalAddress(raw.slice(1, -1));
    return address === undefined ? undefined : { host: address, isAddress: true };
  }
  const name = raw.toLowerCase().replace(/\.$/, '');
  const address = canonicalAddress(name);
  if (address !== undefined) return { host: address, isAddress: true };
  const labels = name.split('.');
  if (name.length > LONGEST_NAME || !labels.every((label) => LABEL.test(label))) return undefined;
  // 127.1, 0x7f000001 and 2130706433 are 127.0.0.1 for whoever looks them up.
  return /^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '') ? undefined : { host: name, isAddress: false };
}

function readPort(digits: string): number | undefined {
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function shapeHint(text: string): string {
  if (/^[a-z]+:\/\//i.test(text)) return ': write the host alone, without the scheme and the path';
  if (text.includes('/')) return ': paths and address ranges cannot be listed';
  if (text.split(':').length > 2) return ': an IPv6 address stands in brackets, [2001:db8::1]:443';
  if (text.includes('*')) return ': a star stands for whole names in front, *.example.com';
  return ': write example.com, *.example.com or example.com:8443';
}
