/** The display for programs: the events as they are, one JSON text a line, and nothing else. */
import type { UiSink } from './sink.ts';
import type { Terminal } from './terminal.ts';

export function createJsonUi(terminal: Terminal): UiSink {
  return {
    name: 'json',
    event: (event) => terminal.write(`${JSON.stringify(event)}\n`),
    output() {
      // Output is in the logs that `log.closed` names.
    },
    end: () => terminal.flush(),
  };
}
