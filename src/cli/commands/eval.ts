/** `orch eval`: a GitHub expression, or a stream of them, evaluated as the runner would. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { EXIT } from '../../shared/exit-codes.ts';
import { evaluateForPeople, isJsonObject, type Json } from '../../workflow/index.ts';
import { UsageError } from '../explain.ts';

export interface EvalOptions {
  readonly expression: string | undefined;
  readonly contexts?: string;
  readonly batch?: boolean;
}

export async function evaluate({ expression, contexts, batch = false }: EvalOptions): Promise<number> {
  if (batch) return evaluateBatch();
  if (expression === undefined)
    throw new UsageError('an expression is missing', { hint: 'such as: orch eval "1 == 1"' });
  const answer = evaluateForPeople(expression, contexts === undefined ? undefined : readContexts(contexts));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return 'error' in answer ? EXIT.failed : EXIT.success;
}

/** A line that is no request is answered with an error too, so that answers and lines match up. */
async function evaluateBatch(): Promise<number> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    process.stdout.write(`${JSON.stringify(answerLine(line))}\n`);
  }
  return EXIT.success;
}

function answerLine(line: string): ReturnType<typeof evaluateForPeople> {
  try {
    const request = JSON.parse(line) as Json;
    if (isJsonObject(request) && typeof request['expr'] === 'string')
      return evaluateForPeople(request['expr'], request['contexts']);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { error: { kind: 'parsing', message: 'the line is not a JSON object with "expr"' } };
}

function readContexts(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (error) {
    throw new UsageError(
      `the contexts in ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
