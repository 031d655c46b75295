/** The silent display: nothing at all, unless the run did not succeed; then the last screen. */
import { createRunFold, judgeRun } from '../reports/index.ts';
import { renderFinal, type Summary } from './final.ts';
import { lookOf } from './look.ts';
import type { UiSink } from './sink.ts';
import type { Terminal } from './terminal.ts';

export function createQuietUi(terminal: Terminal, summary: Summary): UiSink {
  const fold = createRunFold();
  return {
    name: 'quiet',
    event: (event) => fold.add(event),
    output() {
      // Quiet.
    },
    async end() {
      const view = fold.view();
      if (judgeRun(view).result === 'success') return;
      const [, ...lines] = renderFinal({ view, look: lookOf(terminal), columns: terminal.size().columns, summary });
      terminal.write(lines.map((line) => `${line}\n`).join(''));
      await terminal.flush();
    },
  };
}
