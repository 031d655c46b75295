/** What an engine says while it builds: lines of text from the older builder, traces of its steps from BuildKit. */
import type { Readable } from 'node:stream';
import { type Field, readFields } from './protobuf.ts';

export interface BuildReport {
  /** What the engine prints. */
  readonly lines: readonly string[];
  readonly error?: string;
}

const LONGEST_REPORT = 1024 * 1024;

/** One JSON object a line. What is too long to be one is dropped. */
export async function* readReports(answer: Readable): AsyncGenerator<BuildReport> {
  const trace = createTraceReader();
  let rest = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_REPORT);
    for (const line of lines) yield readReport(line, trace);
  }
  yield readReport(rest, trace);
  yield { lines: trace.rest() };
}

function readReport(line: string, trace: TraceReader): BuildReport {
  try {
    const report: unknown = JSON.parse(line);
    if (typeof report !== 'object' || report === null) return { lines: [] };
    const textOf = (name: string): string | undefined => {
      const value: unknown = Reflect.get(report, name);
      return typeof value === 'string' ? value : undefined;
    };
    const isTrace = textOf('id') === 'moby.buildkit.trace';
    const traced = isTrace ? trace.read(Buffer.from(textOf('aux') ?? '', 'base64')) : [];
    const lines = (textOf('stream') ?? '').split('\n').filter((text) => text.trim() !== '');
    const error = textOf('error');
    return { lines: [...traced, ...lines], ...(error === undefined ? {} : { error }) };
  } catch (error) {
    if (error instanceof SyntaxError) return { lines: [] };
    throw error;
  }
}

interface TraceReader {
  read(trace: Buffer): readonly string[];
  /** Lines that were begun and never ended. */
  rest(): readonly string[];
}

/** By their numbers in a trace, a step of it, and what a step has printed. */
const TRACE = { step: 1, output: 3 } as const;
const STEP = { digest: 1, name: 3, cached: 4, started: 5, completed: 6 } as const;
const OUTPUT = { digest: 1, text: 4 } as const;
/** What the builder does for itself. */
const OWN = /^(?:\[internal\]|copy \/context|exporting|writing image|naming to)/;

/** Each step once, when it begins or is taken over, and what it prints by whole lines. */
function createTraceReader(): TraceReader {
  const told = new Set<string>();
  /** Bytes as latin1, by the step that prints them. */
  const begun = new Map<string, string>();
  const readStep = (step: readonly Field[]): readonly string[] => {
    const [digest, name] = [textIn(step, STEP.digest), textIn(step, STEP.name)];
    if (told.has(digest) || !has(step, STEP.started) || OWN.test(name)) return [];
    told.add(digest);
    return [has(step, STEP.cached) ? `${name} (as before)` : name];
  };
  const readOutput = (output: readonly Field[]): readonly string[] => {
    const digest = textIn(output, OUTPUT.digest);
    const lines = ((begun.get(digest) ?? '') + bytesIn(output, OUTPUT.text).toString('latin1')).split(/\r?\n/);
    begun.set(digest, (lines.pop() ?? '').slice(0, LONGEST_REPORT));
    return printed(lines);
  };
  const endStep = (step: readonly Field[]): readonly string[] => {
    const digest = textIn(step, STEP.digest);
    const rest = begun.get(digest);
    if (rest === undefined || !has(step, STEP.completed)) return [];
    begun.delete(digest);
    return printed([rest]);
  };
  return {
    read: (trace) => {
      const fields = readFields(trace);
      const parts = (number: number): readonly (readonly Field[])[] =>
        fields.flatMap((field) => (field.number === number ? [readFields(field.bytes)] : []));
      const steps = parts(TRACE.step);
      return [...steps.flatMap(readStep), ...parts(TRACE.output).flatMap(readOutput), ...steps.flatMap(endStep)];
    },
    rest: () => printed([...begun.values()]),
  };
}

function printed(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => (line.trim() === '' ? [] : [Buffer.from(line, 'latin1').toString()]));
}

function has(fields: readonly Field[], number: number): boolean {
  return fields.some((field) => field.number === number);
}

function bytesIn(fields: readonly Field[], number: number): Buffer {
  return fields.find((field) => field.number === number)?.bytes ?? Buffer.alloc(0);
}

function textIn(fields: readonly Field[], number: number): string {
  return bytesIn(fields, number).toString();
}
