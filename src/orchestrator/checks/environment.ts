/** Variables and secrets: names that are taken, and names that mean two things. */
import type { Node } from '../../workflow/index.ts';
import { entriesOf, keyText, type Text, textsOf, valueOf } from '../nodes.ts';
import { commandViews, type FileView, type Finding, taskMappings } from '../view.ts';
import { quote } from '../wording.ts';

/** `ORCH_*` is how orch talks to a task; GitHub's own prefixes cannot be set there. */
export function checkVariableNames(view: FileView): readonly Finding[] {
  const mappings = [view.root, ...taskMappings(view)];
  const names = mappings.flatMap((mapping) => variableNames(mapping));
  const secrets = mappings.flatMap((mapping) => textsOf(valueOf(mapping, 'secrets')));
  return [...names.flatMap(checkVariable), ...secrets.flatMap(checkSecret)];
}

function variableNames(mapping: Node): readonly Text[] {
  const written = entriesOf(valueOf(mapping, 'env')).map(({ key }) => ({ text: keyText(key), node: key }));
  return [...written, ...textsOf(valueOf(mapping, 'env_from'))];
}

/** Actions' own inputs, credentials and command files: a task never sees them, even when it asks. */
const WITHHELD = /^(ACTIONS_|INPUT_|GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY)$)/i;

function checkVariable(name: Text): readonly Finding[] {
  if (/^ORCH_/i.test(name.text)) return [reserved(name)];
  if (WITHHELD.test(name.text)) {
    const message = `${quote(name.text)} belongs to GitHub's actions and is never passed to a task`;
    return [{ code: 'reserved-name', message, at: name.node.at, hint: 'choose another name' }];
  }
  if (!/^(GITHUB|RUNNER)_/i.test(name.text)) return [];
  return [
    {
      severity: 'warning',
      code: 'reserved-name',
      message: `${quote(name.text)} belongs to GitHub: there a task cannot set it`,
      at: name.node.at,
    },
  ];
}

function checkSecret(name: Text): readonly Finding[] {
  if (/^ORCH_/i.test(name.text)) return [reserved(name)];
  // GitHub makes this one itself and refuses every other that begins so.
  if (!/^GITHUB_/i.test(name.text) || name.text === 'GITHUB_TOKEN') return [];
  const message = `${quote(name.text)} cannot be a secret on GitHub, where GITHUB_ is reserved`;
  return [{ severity: 'warning', code: 'reserved-name', message, at: name.node.at }];
}

function reserved(name: Text): Finding {
  return {
    code: 'reserved-name',
    message: `${quote(name.text)} begins with ORCH_, which is reserved for what orch tells a task`,
    at: name.node.at,
    hint: 'choose another name',
  };
}

/** A secret that is a plain variable too would have two values, one of them in the open. */
export function checkSecretVariables(view: FileView): readonly Finding[] {
  return commandViews(view).flatMap((task) => {
    const secrets = new Map(textsOf(task.value('secrets')).map((name) => [name.text.toLowerCase(), name]));
    const variables = [...entriesOf(valueOf(view.root, 'env')), ...entriesOf(task.value('env'))].map(({ key }) => ({
      text: keyText(key),
      node: key,
    }));
    return variables.flatMap((variable) => {
      const secret = secrets.get(variable.text.toLowerCase());
      if (secret === undefined) return [];
      return {
        code: 'secret-in-env',
        message: `${quote(variable.text)} is both a secret and a variable`,
        at: variable.node.at,
        hint: 'keep it under "secrets" alone; the command finds it in its environment',
        related: [{ message: 'the secret is named here', at: secret.node.at }],
      };
    });
  });
}
