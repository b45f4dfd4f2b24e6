import { ArchParityError, ExitCode } from '../../core/index.ts';

/** Characters: skopeo repeats itself. */
const LONGEST_REASON = 300;

interface Failure {
  readonly code: string;
  readonly pattern: RegExp;
  /** What is wrong, behind the name of the image. */
  readonly what: string;
  readonly advice: (host: string) => string;
  readonly exitCode?: ExitCode;
}

/**
 * What skopeo, Go's net and crypto/x509, and registries say. Order matters: a registry that refuses an
 * anonymous user says so of images that are not there, too.
 */
const FAILURES: readonly Failure[] = [
  {
    code: 'IMAGE_TLS_UNTRUSTED',
    pattern: /x509: |certificate signed by unknown authority|tls: failed to verify/,
    what: 'the certificate of the registry is not trusted',
    advice: (host) =>
      `Put the authority's certificate into /etc/containers/certs.d/${host}/ca.crt (or /etc/docker/certs.d), or do without the check: --insecure`,
  },
  {
    code: 'IMAGE_TLS_MISSING',
    pattern: /server gave HTTP response to HTTPS client|first record does not look like a TLS/,
    what: 'the registry does not speak TLS',
    advice: () => 'If that is meant so, use --insecure, or insecure = true in registries.conf.',
  },
  {
    code: 'IMAGE_AUTH_REFUSED',
    pattern:
      /unauthorized|authentication required|invalid username\/password|requested access to the resource is denied|\bdenied\b|status code 40[13]\b|403 \(?Forbidden/i,
    what: 'the registry refuses access',
    advice: (host) =>
      `Log in (docker login ${host}, or skopeo login ${host}), and check the name: some registries say this of images that do not exist.`,
  },
  {
    code: 'IMAGE_RATE_LIMITED',
    pattern: /toomanyrequests|status code 429\b|429 \(?Too Many/i,
    what: 'the registry has had too many requests from here',
    advice: (host) => `Log in (docker login ${host}), use a mirror (registries.conf), or wait.`,
  },
  {
    code: 'IMAGE_NOT_FOUND',
    pattern:
      /manifest unknown|name unknown|repository name not known|not found: |status code 404\b/i,
    what: 'there is no such image',
    advice: () => 'Check the name and the tag.',
    exitCode: ExitCode.usage,
  },
  {
    code: 'IMAGE_UNREACHABLE',
    pattern:
      /no answer within|connection refused|no such host|i\/o timeout|network is unreachable|no route to host|connection reset|Client\.Timeout|deadline exceeded|server misbehaving|\bEOF\b/i,
    what: 'the registry cannot be reached',
    advice: () =>
      'Check the name of the host and the network, or name a mirror in registries.conf.',
  },
];

/** The error behind what skopeo wrote about an image of a registry. */
export function explainSkopeoFailure(
  stderr: string,
  { text, host }: { readonly text: string; readonly host: string },
): ArchParityError {
  const reason = skopeoReason(stderr);
  const failure = FAILURES.find(({ pattern }) => pattern.test(reason));
  return new ArchParityError({
    code: failure?.code ?? 'IMAGE_UNREACHABLE',
    message: `${text}: ${failure?.what ?? 'it cannot be had'} (${shorten(reason)}).`,
    advice:
      failure?.advice(host) ??
      'Check the name, the network and the login, or copy the image to an OCI layout and name that.',
    ...(failure?.exitCode === undefined ? {} : { exitCode: failure.exitCode }),
  });
}

/** What skopeo ended with, without its own words around it. */
export function skopeoReason(stderr: string): string {
  const fatal = /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(stderr)?.[1] ?? stderr.trim();
  const message = fatal
    .replaceAll('\\"', '"')
    .replaceAll('\\n', ' ')
    .replace(/^(?:Error parsing image name|initializing source) ("[^"]*"|\S+): /, '');
  return message.split('\n')[0] ?? '';
}

/** The end of the chain of errors is the reason. */
function shorten(reason: string): string {
  return reason.length <= LONGEST_REASON ? reason : `…${reason.slice(-LONGEST_REASON)}`;
}
