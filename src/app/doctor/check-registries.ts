import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError } from '../../core/index.ts';
import { askRegistry } from '../../image/index.ts';
import { findTool } from '../../process/index.ts';
import { adviceOf, notTried, passed, reasonOf, warned, type Check, type Fix } from './check.ts';
import type { OptionalContext } from './context.ts';
import { readRegistries } from './read-registries.ts';

const SUBJECT = { id: 'registries', title: 'Registries' };
const EFFECT = 'images that are there cannot be fetched';
const DEADLINE_MS = 8000;

interface Refusal {
  readonly found: string;
  readonly fix: Fix | undefined;
}

/** Errors that another login mends. */
const LOGIN_ERRORS = ['REGISTRY_LOGIN_REFUSED', 'IMAGE_RATE_LIMITED'];

function fixFor(host: string, error: unknown): Fix {
  const text = adviceOf(error)?.text ?? 'Check the network.';
  const code = error instanceof ArchParityError ? error.code : '';
  if (!LOGIN_ERRORS.includes(code))
    return { text, command: `curl --head --location https://${host}/v2/` };
  return {
    text,
    command: `skopeo login ${host}`,
    commands: {
      github: `- {uses: docker/login-action@v3, with: {registry: ${host}, username: USER, password: "\${{ secrets.TOKEN }}"}}`,
      gitlab: `before_script: ['echo "$TOKEN" | skopeo login --username USER --password-stdin ${host}']`,
    },
  };
}

async function ask(host: string, context: OptionalContext): Promise<Refusal | undefined> {
  const { workDir, logger, cancelSignal } = context;
  try {
    await askRegistry(host, {
      directory: await mkdtemp(join(workDir, 'registry-')),
      timeoutMs: DEADLINE_MS,
      ...(logger === undefined ? {} : { logger }),
      ...(cancelSignal === undefined ? {} : { cancelSignal }),
    });
    return undefined;
  } catch (error) {
    return { found: reasonOf(error), fix: fixFor(host, error) };
  }
}

/** Asks the registries that the user is logged in to, all at once, as images are fetched from them. */
export async function checkRegistries(context: OptionalContext): Promise<Check> {
  const hosts = readRegistries(context.env);
  if (hosts.length === 0) return passed(SUBJECT, 'no login for any, so none was asked');
  if (findTool('skopeo') === undefined)
    return { ...notTried(SUBJECT, 'there is no skopeo', EFFECT), state: 'warning' };
  const refusals = (await Promise.all(hosts.map((host) => ask(host, context)))).filter(
    (refusal) => refusal !== undefined,
  );
  if (refusals.length === 0) return passed(SUBJECT, `${hosts.join(', ')}: each answers`);
  return warned(SUBJECT, {
    found: `${refusals.length} of ${hosts.length}: ${refusals.map(({ found }) => found).join('; ')}`,
    effect: EFFECT,
    fix: refusals.find(({ fix }) => fix !== undefined)?.fix,
  });
}
