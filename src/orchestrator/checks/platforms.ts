/** `platforms`: labels that no `runs-on` can hold, and what looks mistyped. */
import { nearest } from '../../shared/diagnostic.ts';
import { meantRunnerLabel } from '../../workflow/index.ts';
import { entriesOf, keyText, textOf, valueOf } from '../nodes.ts';
import type { FileView, Finding } from '../view.ts';
import { quote } from '../wording.ts';

export function checkPlatforms({ root }: Pick<FileView, 'root'>): readonly Finding[] {
  return entriesOf(valueOf(root, 'platforms')).flatMap(({ key, value }) => [
    ...checkLabel(keyText(key), key.at),
    ...checkPlace(textOf(value)?.text, value.at),
  ]);
}

function checkLabel(label: string, at: Finding['at']): readonly Finding[] {
  if (label.trim() === '' || label !== label.trim()) {
    return [{ code: 'bad-name', message: `${quote(label)} cannot be a label of runs-on`, at }];
  }
  const meant = meantRunnerLabel(label);
  if (meant === undefined) return [];
  const message = `GitHub has no label ${quote(label)}`;
  return [{ severity: 'warning', code: 'unknown-label', message, at, hint: `did you mean ${quote(meant)}?` }];
}

/** Almost any word is an image. */
function checkPlace(place: string | undefined, at: Finding['at']): readonly Finding[] {
  if (place === undefined || place === 'host' || nearest(place, ['host', 'localhost']) === undefined) return [];
  const message = `${quote(place)} is taken for an image`;
  return [{ severity: 'warning', code: 'no-host', message, at, hint: 'this machine is "host"' }];
}
