import { findHandlerClaims, type HostHandler } from '../../lanes/index.ts';

/** An entry of the table with its owner, as part of a sentence. */
export function describeEntry(handler: HostHandler): string {
  const { name, interpreter, flags } = handler;
  const [claim] = findHandlerClaims(handler);
  const owner = claim === undefined || claim.manager === 'unknown' ? '' : ` of ${claim.manager}`;
  return `${name}${owner} (${interpreter}, flags ${flags === '' ? 'none' : flags})`;
}
