/** The order of checking: YAML, schema, meaning. Each step adds what it finds, and later ones take a damaged tree. */
import type { Diagnostic } from '../shared/diagnostic.ts';
import { buildConfig } from './build-config.ts';
import { checkDependencies } from './checks/dependencies.ts';
import { checkSecretVariables, checkVariableNames } from './checks/environment.ts';
import { checkExpressions } from './checks/expressions.ts';
import { checkReferences } from './checks/lookups.ts';
import { checkMigration } from './checks/migration.ts';
import { checkRepeatedItems, checkTaskNames } from './checks/names.ts';
import { checkOnFinish } from './checks/on-finish.ts';
import { checkGlobs, checkPaths, checkPrompts, type PathProbe } from './checks/paths.ts';
import { checkPlatforms } from './checks/platforms.ts';
import { checkReviews } from './checks/review.ts';
import { checkSandboxes } from './checks/sandbox.ts';
import { checkDurations, checkIdleKeys, checkLiteralText, checkNulBytes } from './checks/values.ts';
import type { Config } from './config.ts';
import { gather } from './gathering.ts';
import { mergeOverrides, type Overrides } from './overrides.ts';
import { checkSchema } from './schema-check.ts';
import { type Check, viewFile } from './view.ts';
import { MAX_BYTES, readYaml } from './yaml.ts';

export interface CheckRequest extends Overrides {
  readonly file: string;
  readonly text: string;
  readonly probe: PathProbe;
}

export interface Checked {
  /** Present when there is no error. */
  readonly config?: Config;
  readonly diagnostics: readonly Diagnostic[];
}

const CHECKS: readonly Check[] = [
  checkTaskNames,
  checkDependencies,
  checkExpressions,
  checkVariableNames,
  checkSecretVariables,
  checkRepeatedItems,
  checkDurations,
  checkPaths,
  checkGlobs,
  checkPlatforms,
  checkSandboxes,
  checkReviews,
  checkMigration,
  checkOnFinish,
  checkLiteralText,
  checkIdleKeys,
  checkNulBytes,
];

/** Pure but for `probe`. Never throws for bad input. */
export function checkConfig(request: CheckRequest): Checked {
  const { file, text } = request;
  const whole = (code: string, message: string, hint?: string): Checked => ({
    diagnostics: [{ severity: 'error', code, message, at: { file }, ...(hint === undefined ? {} : { hint }) }],
  });
  if (text.length > MAX_BYTES) return whole('file-too-large', `${file} is larger than 1 MiB`);
  const { node: root, diagnostics: read } = readYaml(text, file);
  if (root === undefined) {
    if (read.length > 0) return { diagnostics: read };
    return whole('empty-file', `${file} is empty`, '`orch init` writes a file to begin with');
  }
  const view = viewFile(root, file);
  const values = mergeOverrides(root, request);
  const findings = [
    ...values.findings,
    ...CHECKS.flatMap((check) => check(view)),
    ...checkReferences(view, values),
    ...checkPrompts(view, request.probe),
  ];
  const { failed, diagnostics } = gather(file, [...read, ...checkSchema(root, file)], findings);
  return failed ? { diagnostics } : { diagnostics, config: buildConfig(view, values) };
}
