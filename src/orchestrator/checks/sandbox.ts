/** The containers that tasks ask for: hosts, sizes, users and mounts that have the right form and cannot be all the same. */
import { readSandbox, type SandboxFault } from '../../shared/sandbox.ts';
import type { Node } from '../../workflow/index.ts';
import { jsonOf, mappingOf, nodeAt, valueOf } from '../nodes.ts';
import { type FileView, type Finding, taskMappings } from '../view.ts';
import { describeValue, quote } from '../wording.ts';

/** What has the wrong form is left to the schema. */
export function checkSandboxes(view: FileView): readonly Finding[] {
  return taskMappings(view).flatMap((mapping) => {
    const node = valueOf(mapping, 'sandbox');
    if (mappingOf(node) === undefined || node === undefined) return [];
    const read = readSandbox(jsonOf(node));
    const faults = read.ok ? [] : read.error.flatMap((fault) => toFinding(node, fault));
    return faults;
  });
}

function toFinding(sandbox: Node, { path, message, isForm }: SandboxFault): readonly Finding[] {
  const node = nodeAt(sandbox, path.map(String));
  if (node === undefined || isForm) return [];
  const [key = 'sandbox', index] = path;
  const code = key === 'network' ? 'bad-host' : key === 'mounts' ? 'bad-mount' : 'bad-value';
  const place =
    index === undefined ? quote(`sandbox.${key}`) : `item ${Number(index) + 1} of ${quote(`sandbox.${key}`)}`;
  const text = key === 'network' ? `${place}: ${message}` : `${describeValue(jsonOf(node))} in ${place} ${message}`;
  return [{ code, message: text, at: node.at }];
}
