/** How far an image is that is being pulled: a line now and then, from what the engine reports of its layers. */
import { formatBytes } from '../../../shared/quantity.ts';

/** Milliseconds between two lines. */
const PAUSE = 5000;

interface Layer {
  readonly current: number;
  readonly total: number;
  readonly isDone: boolean;
}

/** A line for the log when one is due. `now` is in milliseconds. */
export function createPullProgress(image: string): (report: unknown, now: number) => string | undefined {
  const layers = new Map<string, Layer>();
  let told: number | undefined;
  return (report, now) => {
    const read = readReport(report);
    if (read !== undefined) layers.set(read.id, merge(layers.get(read.id), read));
    told ??= now;
    if (now - told < PAUSE || layers.size === 0) return undefined;
    told = now;
    const all = [...layers.values()];
    const done = all.filter(({ isDone }) => isDone).length;
    const bytes = sum(all, ({ current }) => current);
    return `Pulling ${image}: ${formatBytes(bytes)} of ${formatBytes(sum(all, ({ total }) => total))}, ${done} of ${all.length} layers`;
  };
}

interface LayerReport {
  readonly id: string;
  readonly status: string;
  readonly current: number;
  readonly total: number;
}

const DOWNLOAD = 'Downloading';
const DONE: readonly string[] = ['Pull complete', 'Already exists', 'Exists'];
const LOADED: readonly string[] = ['Verifying Checksum', 'Download complete', 'Extracting', ...DONE];

/** Undefined for what is not about a layer. */
function readReport(report: unknown): LayerReport | undefined {
  if (typeof report !== 'object' || report === null) return undefined;
  const id: unknown = Reflect.get(report, 'id');
  const status: unknown = Reflect.get(report, 'status');
  if (typeof id !== 'string' || typeof status !== 'string' || status.startsWith('Pulling from')) return undefined;
  const detail: unknown = Reflect.get(report, 'progressDetail');
  const numberOf = (name: string): number => {
    const value: unknown = typeof detail === 'object' && detail !== null ? Reflect.get(detail, name) : undefined;
    return typeof value === 'number' ? value : 0;
  };
  return { id, status, current: numberOf('current'), total: numberOf('total') };
}

/** What follows the download counts other bytes. */
function merge(before: Layer | undefined, { status, current, total }: LayerReport): Layer {
  const known = before ?? { current: 0, total: 0, isDone: false };
  if (status === DOWNLOAD) return { current, total, isDone: false };
  const isLoaded = LOADED.includes(status);
  return { ...known, current: isLoaded ? known.total : known.current, isDone: DONE.includes(status) };
}

function sum(layers: readonly Layer[], of: (layer: Layer) => number): number {
  return layers.reduce((total, layer) => total + of(layer), 0);
}
