/** Whether a container that is gone was short of memory: its supervisor may be what the kernel ended. */
import { type Engine, isEngineError } from './engine.ts';

/** `since`: milliseconds since 1970. What the engine remembers of its last events is enough for a moment ago. */
export async function wasStarved({ docker }: Engine, id: string, since: number): Promise<boolean> {
  const filters = { container: [id], event: ['oom' as const] };
  let text = '';
  try {
    const events = await docker.getEvents({ since: since / 1000, until: Date.now() / 1000, filters });
    for await (const chunk of events) text += String(chunk);
  } catch (error) {
    // An engine that has gone knows nothing any more.
    if (!isEngineError(error)) throw error;
  }
  return text.includes('"oom"');
}
