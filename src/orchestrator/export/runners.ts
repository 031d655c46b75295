/** Which runners an exported workflow asks for, from the words of the command line. */
import { err, ok, type Result } from '../../shared/result.ts';
import { mapping, type Node, scalar, sequence } from '../../workflow/index.ts';
import { quote } from '../wording.ts';

const GROUP = 'group:';

/** Labels, and at most one `group:NAME` among them. The error is a sentence. */
export function runnersOf(words: readonly string[]): Result<Node, string> {
  const labels = words.filter((word) => !word.startsWith(GROUP));
  const [group, second] = words.filter((word) => word.startsWith(GROUP)).map((word) => word.slice(GROUP.length));
  if (words.length === 0 || words.includes('')) return err('--runs-on wants a label');
  if (words.some((word) => word.includes('${{'))) return err('--runs-on wants labels, and no expression');
  if (second !== undefined) return err('--runs-on takes one group');
  if (group === undefined) return ok(oneOrMore(labels));
  // A group of the organization or the enterprise may be named with whose it is.
  if (!/^(?:(?:org|organization|ent|enterprise)\/)?[^/]+$/.test(group))
    return err(`${quote(group)} is no group of runners: NAME, organization/NAME or enterprise/NAME`);
  return ok(mapping({ group: scalar(group), ...(labels.length === 0 ? {} : { labels: oneOrMore(labels) }) }));
}

function oneOrMore(labels: readonly string[]): Node {
  const [only] = labels;
  return labels.length === 1 && only !== undefined ? scalar(only) : sequence(labels.map(scalar));
}
