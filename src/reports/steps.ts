/** What the steps of a workflow told people: annotations, and the summaries they wrote themselves. */
import { type Cell, code, list, prose, words } from './markdown.ts';
import { joined } from './sections.ts';
import type { AnnotationView, RunView } from './view.ts';

/** Shown of each; the journal has them all. */
const ANNOTATIONS = 50;

const ORDER = ['error', 'warning', 'notice'] as const;

export function annotationsSection({ annotations }: RunView): string {
  if (annotations.length === 0) return '';
  const sorted = ORDER.flatMap((level) => annotations.filter((annotation) => annotation.level === level));
  const rest = sorted.length - ANNOTATIONS;
  return joined(
    '## Annotations\n',
    list(sorted.slice(0, ANNOTATIONS).map((annotation) => words(...describe(annotation)))),
    rest > 0 ? `${rest} more ${rest === 1 ? 'is' : 'are'} in the journal.\n` : '',
  );
}

function describe({ level, leg, message, title, file, line }: AnnotationView): readonly Cell[] {
  const place = file === undefined ? [] : [' at ', code(line === undefined ? file : `${file}:${line}`)];
  return [`${level} in `, code(leg), ...place, ': ', prose(title === undefined ? message : `${title}: ${message}`)];
}

/** As they were written, which is their point; only what could steer a terminal is taken out. */
export function summariesSection({ summaries }: RunView): string {
  if (summaries.length === 0) return '';
  const texts = summaries.map(({ leg, markdown }) => {
    const clean = markdown.replaceAll(/(?![\t\n])\p{Cc}/gu, '').trimEnd();
    return `### ${code(leg).markdown}\n\n${clean}\n`;
  });
  return joined('## Step summaries\n', ...texts);
}
