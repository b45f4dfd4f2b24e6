import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a daemon says of itself. */
export interface DaemonVersion {
  readonly version: string;
  /** `linux/arm64`. */
  readonly platform: string;
}

const ANSWERS_WITHIN_MS = 30_000;

/** Asks the daemon behind a socket (Docker Engine API, `GET /version`); `undefined` when it does not answer. */
export async function askVersion(socketPath: string): Promise<DaemonVersion | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  const asked = request({ socketPath, path: '/version', signal, agent: false }, (response) => {
    text(response).then(resolve, () => resolve(undefined));
  });
  asked.once('error', () => resolve(undefined)).end();
  const answer = await promise;
  if (answer?.startsWith('{') !== true) return undefined;
  const facts = JSON.parse(answer) as { Version?: unknown; Os?: unknown; Arch?: unknown };
  return {
    version: String(facts.Version),
    platform: `${String(facts.Os)}/${String(facts.Arch)}`,
  };
}
