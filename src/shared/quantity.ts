/** Spans of time and sizes as people write and read them. Spans are milliseconds, sizes bytes. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `90s`, `30m`, `2h`, `1h30m`, `500ms`, `7d`. Undefined when it is none of these. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  }
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
}

/** `0.4s`, `12s`, `3m 05s`, `1h 02m`: two units at most, for people. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 9950) return `${(Math.max(0, milliseconds) / 1000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
  return `${Math.floor(minutes / 1440)}d ${pad(Math.floor((minutes % 1440) / 60))}h`;
}

const BINARY = ['', 'k', 'm', 'g', 't'] as const;

/** Reads `512m`, `4g`, `1.5g` as container engines do: powers of 1024. Undefined when it is none of these. */
export function parseSize(text: string): number | undefined {
  const parts = /^(\d{1,9}(?:\.\d{1,3})?)([kmgt])b?$/i.exec(text);
  if (parts === null) return undefined;
  const [, amount = '', unit = ''] = parts;
  return Math.floor(Number(amount) * 1024 ** BINARY.findIndex((known) => known === unit.toLowerCase()));
}

/** `512 MiB`, `1.5 GiB`: powers of 1024, at most one decimal. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < BINARY.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number(value.toFixed(1))} ${unit === 0 ? 'B' : `${BINARY[unit]?.toUpperCase()}iB`}`;
}

const SIZES = ['kB', 'MB', 'GB', 'TB'] as const;

/** `812 B`, `1.2 MB`, `59 GB`: powers of 1000, one decimal below ten. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < SIZES.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ${SIZES[unit] ?? ''}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
