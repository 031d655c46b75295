/** Text that must reach an action as it was written, although GitHub evaluates what actions are given. */

/** `${{` becomes an expression whose value is `${{`; everything else stays. */
export function literal(text: string): string {
  return text.replaceAll('${{', "${{ '${{' }}");
}
