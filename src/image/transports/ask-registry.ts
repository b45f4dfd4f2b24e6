import { ArchParityError } from '../../core/index.ts';
import type { CommandLogger } from '../../process/index.ts';
import { isLoopback } from './registry-name.ts';
import { runSkopeo } from './run-skopeo.ts';
import { explainSkopeoFailure, skopeoReason } from './skopeo-failure.ts';

export interface AskRegistryOptions {
  /** Absolute, ours, empty. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly logger?: CommandLogger;
  readonly cancelSignal?: AbortSignal;
}

/** What a registry says of an image that nobody has: that it is there, and whether it takes our login. */
const NOBODYS_IMAGE = 'archparity/doctor:none';

/** What is said of a login that was refused. */
const LOGIN_REFUSED =
  /incorrect username or password|invalid username\/password|unable to retrieve auth token|authentication required/i;
/** A login that is good for nothing here, or none: Docker Hub says "authentication required" beside it. */
const NOT_FOR_YOU = /denied/i;

/** What a registry says that can be reached: there is no such image, or not for you. */
const ANSWERS = ['IMAGE_NOT_FOUND', 'IMAGE_AUTH_REFUSED'];

/** Its words carry the query of the request, with the name of the account in it. */
function withoutQueries(text: string): string {
  return text.replaceAll(/\?[^\s":]*/g, '');
}

/**
 * Asks a registry as images are fetched from it: with the user's login, certificates, mirrors and proxies.
 * @param host - `ghcr.io`, `localhost:5000`; one that the user has a login for
 * @throws ArchParityError `IMAGE_UNREACHABLE`, `IMAGE_TLS_…`, `REGISTRY_LOGIN_REFUSED`, `IMAGE_RATE_LIMITED`,
 *   `TOOL_MISSING` (exit 3)
 */
export async function askRegistry(host: string, options: AskRegistryOptions): Promise<void> {
  const words = [
    'inspect',
    '--raw',
    ...(isLoopback(host) ? ['--tls-verify=false'] : []),
    `docker://${host}/${NOBODYS_IMAGE}`,
  ];
  const result = await runSkopeo(words, options);
  // Somebody has it after all.
  if (result.exitCode === 0) return;
  const stderr = withoutQueries(
    result.timedOut ? `no answer within ${options.timeoutMs / 1000} s` : result.stderr,
  );
  const reason = skopeoReason(stderr);
  if (LOGIN_REFUSED.test(reason) && !NOT_FOR_YOU.test(reason)) {
    throw new ArchParityError({
      code: 'REGISTRY_LOGIN_REFUSED',
      message: `${host}: the registry refuses the login that is kept for it.`,
      advice: 'Log in again.',
    });
  }
  const error = explainSkopeoFailure(stderr, { text: host, host });
  if (ANSWERS.includes(error.code)) return;
  throw error;
}
