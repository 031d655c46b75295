/** What can be wrong with an expression, in GitHub's words. */
export interface ExpressionFault {
  readonly kind: 'lexing' | 'parsing' | 'evaluation';
  readonly message: string;
  /** Characters from the expression's start, from 0. Only lexing and parsing can tell. */
  readonly position?: number;
}

const MAX_MESSAGE = 500;

/** Carries a fault up to whoever asked for the evaluation; it never leaves this folder. */
export class ExpressionFailure extends Error {
  readonly fault: ExpressionFault;

  constructor(fault: ExpressionFault) {
    super(fault.message);
    this.name = 'ExpressionFailure';
    this.fault = fault;
  }
}

/** For functions of a scope: ends the evaluation with this message. */
export function failEvaluation(message: string): never {
  throw new ExpressionFailure({ kind: 'evaluation', message: clip(message) });
}

export function faultAt(
  kind: 'lexing' | 'parsing',
  problem: string,
  token: { readonly text: string; readonly position: number; readonly expression: string },
): ExpressionFault {
  const place = `Located at position ${token.position + 1} within expression: ${token.expression}`;
  return { kind, message: clip(`${problem}: '${token.text}'. ${place}`), position: token.position };
}

/** Messages quote what users wrote, which may be long. */
function clip(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 3)}...` : message;
}
