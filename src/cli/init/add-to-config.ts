/** Adds the block of a contour to an orchestrator.yaml that is there, or says how to do it by hand. */
import { addBlock, type Block } from '../../orchestrator/index.ts';
import type { HostPath } from '../../shared/brand.ts';
import { DEFAULT_CONFIG } from '../../shared/default-config.ts';
import { putFile, readFile } from '../../store/index.ts';
import type { Look } from '../../ui/index.ts';

export interface AddRequest {
  readonly root: HostPath;
  readonly block: Block;
  readonly look: Look;
  readonly say: (did: string, what: string) => void;
}

/** False when the file is such that the user has to do it. */
export function addToConfig({ root, block, look: { chalk }, say }: AddRequest): boolean {
  const text = readFile(root, DEFAULT_CONFIG);
  const added = text === undefined ? undefined : addBlock(text, block);
  if (added?.ok) {
    putFile(root, DEFAULT_CONFIG, added.value);
    say(chalk.green('added'), `${block.key} to ${DEFAULT_CONFIG}`);
    return true;
  }
  if (added?.error.kind === 'there') {
    say(chalk.yellow('kept '), `${block.key} in ${DEFAULT_CONFIG} (it was there)`);
    return true;
  }
  const why = added?.error.kind === 'unfit' ? added.error.why : 'it is no regular file';
  say(chalk.red('left '), `${DEFAULT_CONFIG}: ${why}. Add this yourself:\n\n${indented(block.text)}`);
  return false;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
