/** How a translated workflow starts on GitHub: by hand, with the file's inputs to fill in. */
import { type MappingNode, mapping, type Node, scalar } from '../../workflow/index.ts';
import type { Config } from '../config.ts';

export function triggersOf({ inputs }: Config): MappingNode {
  const fields = Object.entries(inputs).map(([name, value]) => [name, inputOf(value)] as const);
  const dispatch = fields.length === 0 ? scalar(null) : mapping({ inputs: mapping(Object.fromEntries(fields)) });
  return mapping({ workflow_dispatch: dispatch });
}

function inputOf(value: string | number | boolean): Node {
  return mapping({ type: scalar(typeof value), default: scalar(value) });
}
