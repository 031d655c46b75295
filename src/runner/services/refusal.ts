/** Why a request to a service of the run is not answered, as its clients understand it. */
import { err } from '../../shared/result.ts';

export interface Refusal {
  /** Of HTTP. Clients try again after 429 and what begins with 5, but for 507. */
  readonly status: 400 | 401 | 403 | 404 | 409 | 411 | 413 | 416 | 500 | 507;
  readonly message: string;
}

/** As Twirp calls them. */
const CODES: Readonly<Record<Refusal['status'], string>> = {
  400: 'invalid_argument',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'not_found',
  409: 'already_exists',
  411: 'invalid_argument',
  413: 'invalid_argument',
  416: 'out_of_range',
  500: 'internal',
  507: 'resource_exhausted',
};

export function refuse(status: Refusal['status'], message: string): { readonly ok: false; readonly error: Refusal } {
  return err({ status, message });
}

export function noSpace(): { readonly ok: false; readonly error: Refusal } {
  return refuse(507, 'there is no space left on the disk of this machine');
}

export function refusalBody({ status, message }: Refusal): { readonly code: string; readonly msg: string } {
  return { code: CODES[status], msg: message };
}
