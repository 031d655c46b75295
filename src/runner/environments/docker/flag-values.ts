/** The values of `docker create`'s flags: sizes, spans of time, numbers, ports, and the mounts of `--mount`. */
import { err, ok, type Result } from '../../../shared/result.ts';

const SIZES: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };
const SPANS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Bytes of `64m`, `1.5g`, `512` or `-1`. */
export function readSize(text: string): Result<number, string> {
  if (text === '-1') return ok(-1);
  const match = /^(\d+(?:\.\d+)?)\s?(?:([kmgt])i?)?b?$/i.exec(text);
  if (match === null) return err(`"${text}" is no size`);
  return ok(Math.floor(Number(match[1]) * (SIZES[(match[2] ?? '').toLowerCase()] ?? 1)));
}

/** Nanoseconds of `10s` or `1m30s`. */
export function readSpan(text: string): Result<number, string> {
  if (text === '0') return ok(0);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  const whole = parts.map(([part]) => part).join('');
  if (whole === '' || whole !== text) return err(`"${text}" is no span of time such as 10s`);
  return ok(Math.round(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (SPANS[unit ?? ''] ?? 0), 0)));
}

export function readInteger(text: string): Result<number, string> {
  return /^-?\d+$/.test(text) ? ok(Number(text)) : err(`"${text}" is no whole number`);
}

export function readDecimal(text: string): Result<number, string> {
  return /^\d+(\.\d+)?$/.test(text) ? ok(Number(text)) : err(`"${text}" is no number`);
}

/** A key and what stands behind the first `=`; '' when there is none. */
export function readPair(text: string): readonly [key: string, value: string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

export interface PortMapping {
  /** Such as `80/tcp`. */
  readonly inner: string;
  readonly hostIp: string;
  /** '' for one that the engine chooses. */
  readonly hostPort: string;
}

const PORT = /^(?:(?:(\[[0-9a-f:.]+\]|[0-9.]+):)?([0-9-]*):)?([0-9-]+)(?:\/(tcp|udp|sctp))?$/i;
const LAST_PORT = 65_535;

/** `80`, `8080:80`, `53:53/udp`, `127.0.0.1:8080:80`, and ranges of the same length on both sides. */
export function readPorts(text: string): Result<readonly PortMapping[], string> {
  const [, ip = '', outerText = '', innerText = '', protocol = 'tcp'] = PORT.exec(text) ?? [];
  const inner = readRange(innerText);
  const outer = outerText === '' ? undefined : readRange(outerText);
  if (inner === undefined || (outerText !== '' && outer === undefined)) return err(`"${text}" is no port`);
  if (outer !== undefined && outer.length !== inner.length) return err(`"${text}" maps ranges of different lengths`);
  return ok(
    inner.map((port, index) => ({
      inner: `${port}/${protocol.toLowerCase()}`,
      hostIp: ip.replace(/^\[|\]$/g, ''),
      hostPort: String(outer?.[index] ?? ''),
    })),
  );
}

/** The ports of `80` or `80-90`. */
function readRange(text: string): readonly number[] | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || last < first || last > LAST_PORT) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export interface MountRequest {
  readonly Type: 'bind' | 'volume' | 'tmpfs';
  readonly Source: string;
  readonly Target: string;
  readonly ReadOnly: boolean;
}

/** `type=bind,source=/a,target=/b,readonly`. */
export function readMount(text: string): Result<MountRequest, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const [key, value] = readPair(part);
    const name = MOUNT_KEYS[key.toLowerCase()];
    if (name === undefined) return err(`"${key}" in ${text} is not supported`);
    fields.set(name, value);
  }
  const { type = 'volume', source = '', target = '', readonly = 'false' } = Object.fromEntries(fields);
  if (!isMountType(type)) return err(`"${type}" is no type of mount`);
  if (!target.startsWith('/')) return err(`${text} has no absolute target`);
  if (type === 'bind' && !source.startsWith('/')) return err(`${text} has no absolute source`);
  return ok({ Type: type, Source: source, Target: target, ReadOnly: !['false', '0'].includes(readonly) });
}

function isMountType(type: string): type is MountRequest['Type'] {
  return type === 'bind' || type === 'volume' || type === 'tmpfs';
}

const MOUNT_KEYS: Readonly<Record<string, string>> = {
  type: 'type',
  source: 'source',
  src: 'source',
  target: 'target',
  destination: 'target',
  dst: 'target',
  readonly: 'readonly',
  ro: 'readonly',
};
