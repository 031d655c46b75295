/** Files of NAME=VALUE lines, as `.env` files are written. */
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { UsageError } from './explain.ts';

/** Later files win. A line that is no assignment is refused by name, since a lost secret is found out too late. */
export function readEnvFiles(files: readonly string[] | undefined): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const file of files ?? []) Object.assign(all, readEnvFile(file));
  return all;
}

function readEnvFile(file: string): Readonly<Record<string, string>> {
  try {
    const text = readFileSync(file, 'utf8');
    // Node's own reader knows quotes, comments, `export` and values over several lines.
    return Object.fromEntries(
      Object.entries(parseEnv(text)).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
