/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/**
 * Shapes of tokens that are secret wherever they stand. Every expression is linear on hostile text
 * (the guest chooses it): no shape can begin again inside what an earlier beginning has scanned.
 */
const TOKEN_SHAPES: readonly RegExp[] = [
  // GitHub: "About authentication to GitHub", token prefixes ghp_ gho_ ghu_ ghs_ ghr_ github_pat_.
  /gh[pousr]_[A-Za-z0-9]{20,}/g,
  /github_pat_[A-Za-z0-9_]{22,}/g,
  // AWS access key ids: IAM user guide, "unique identifiers".
  /(?<![A-Z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Z0-9])/g,
  /xox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /npm_[A-Za-z0-9]{30,}/g,
  // JWT (RFC 7519): header and payload are base64url of JSON objects, `{"` gives `eyJ`.
  /(?<=^|[^A-Za-z0-9_-]|\\[nrt])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g,
];

/** PEM private keys (RFC 7468), also when cut, in a diff, or with `\n` written out. */
const PEM_KEY =
  /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\:,.()-]*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$|(?=[^A-Za-z0-9+/=\s\\:,.()-]))/g;

/** The credentials of an HTTP header; its name stays, to be readable. */
const AUTHORIZATION =
  /(authorization["']?\s{0,8}[:=]\s{0,8}["']?(?:bearer|basic|token)\s{1,8})[A-Za-z0-9._~+/=-]+/gi;

/** A quick look that nearly every text fails: without one of these no shape can match. */
const MAY_HOLD_TOKEN =
  /gh[pousr]_|github_pat_|A[KS]IA|xox[abeoprs]-|npm_|eyJ|-----BEGIN |[Aa]uthorization|AUTHORIZATION/;

/** Replaces everything that has the shape of a token; gives the same string when there is nothing. */
export function redactTokens(text: string): string {
  if (!MAY_HOLD_TOKEN.test(text)) return text;
  let result = text.replace(PEM_KEY, REDACTED).replace(AUTHORIZATION, `$1${REDACTED}`);
  for (const shape of TOKEN_SHAPES) result = result.replace(shape, REDACTED);
  return result;
}
