/** A process that waits for a line, fetches one action and says where it is. */
import { once } from 'node:events';
import { hostPath } from '../../../shared/brand.ts';
import { parseActionReference } from '../../../workflow/index.ts';
import { createActionStore } from '../action-store.ts';

const [source = '', cache = '', uses = ''] = process.argv.slice(2);
const reference = parseActionReference(uses);
if (!reference.ok || reference.value.kind !== 'remote') throw new Error(uses);
const store = createActionStore({ source, cache: hostPath(cache), folders: new Map(), offline: false });
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const fetched = await store.fetch(reference.value, new AbortController().signal);
process.stdout.write(`${JSON.stringify(fetched)}\n`);
process.stdin.destroy();
