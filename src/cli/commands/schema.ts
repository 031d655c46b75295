/** `orch schema`. */
import { configSchema } from '../../orchestrator/index.ts';
import { EXIT } from '../../shared/exit-codes.ts';

export async function schema(): Promise<number> {
  process.stdout.write(`${JSON.stringify(configSchema, null, 2)}\n`);
  return EXIT.success;
}
