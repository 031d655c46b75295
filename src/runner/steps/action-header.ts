/** What the log shows before an action runs. */
export function actionHeader(
  title: string,
  inputs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  const given = Object.entries(inputs).filter(([, value]) => value !== '');
  const list = (name: string, entries: readonly (readonly [string, string])[]): readonly string[] =>
    entries.length === 0 ? [] : [name, ...entries.map(([key, value]) => `  ${key}: ${value}`)];
  return [`##[group]${title}`, ...list('with:', given), ...list('env:', Object.entries(env)), '##[endgroup]'];
}
