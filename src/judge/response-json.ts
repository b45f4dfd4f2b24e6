import { capturedText, type CapturedBytes } from '../core/index.ts';

/** The JSON document that a body is; `undefined` when it is none, or was not kept whole. */
export function parseBody(body: CapturedBytes): { readonly value: unknown } | undefined {
  if (body.truncated || body.encoding !== 'utf8') return undefined;
  try {
    return { value: JSON.parse(capturedText(body)) as unknown };
  } catch {
    return undefined;
  }
}
