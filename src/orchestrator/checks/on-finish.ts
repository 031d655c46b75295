/** `on_finish` is part of the run: it cannot start what comes after it. */
import { textOf, valueOf } from '../nodes.ts';
import type { FileView, Finding } from '../view.ts';
import { quote } from '../wording.ts';

/** Where a command begins, what may stand before the program, and orch itself however it is found. */
const REVIEW =
  /(?:^|[;&|({]|\b(?:then|do|else)\b)[ \t]*(?:(?:[A-Za-z_]\w*=\S*|exec|env|nohup|npx|node|timeout[ \t]+\S+|-\S+)[ \t]+)*(?:\S*\/)?orch(?:\.js)?[ \t]+framework-review\b/m;

export function checkOnFinish(view: FileView): readonly Finding[] {
  const node = valueOf(view.root, 'on_finish');
  const text = textOf(node)?.text;
  if (node === undefined || text === undefined || !REVIEW.test(text)) return [];
  return [
    {
      code: 'bad-value',
      message: `${quote('on_finish')} starts a framework review, which would wait for the run that waits for "on_finish"`,
      at: node.at,
      hint: 'write "framework_review: { after: always }", or after: failure: then it comes when the run is over',
    },
  ];
}
