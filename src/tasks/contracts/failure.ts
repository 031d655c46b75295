/** What faults of documents mean for the attempt that has left them. */
import type { Failure } from '../../shared/failure.ts';
import { listSome } from '../messages.ts';
import type { ContractFault } from './contract.ts';

/** Templates that a hint names, and faults that a report lists. */
const SHOWN = 4;
const MOST = 50;

/** The first fault is the reason; all are named. Undefined without any. */
export function contractFailure(faults: readonly ContractFault[]): Failure | undefined {
  const [first] = faults;
  if (first === undefined) return undefined;
  const more = faults.length - 1;
  const templates = [...new Set(faults.flatMap(({ template }) => template ?? []))];
  return {
    code: first.code,
    message: more === 0 ? first.message : `${first.message}; and ${more} more`,
    ...(templates.length > 0 && {
      hint: `${templates.length === 1 ? 'the template is' : 'the templates are'} ${listSome(templates, SHOWN)}`,
    }),
    details: faults.slice(0, MOST).map(({ message }) => message),
  };
}
