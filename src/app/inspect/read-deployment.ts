import { basename, dirname, join } from 'node:path';
import {
  ArchParityError,
  errorMessage,
  ExitCode,
  usageError,
  type Platform,
} from '../../core/index.ts';
import type { Deployment, NodeGroup } from './image-use.ts';
import { planBuild } from './plan-build.ts';
import { isComposeFile, readCompose } from './read-compose.ts';
import { readDockerfile } from './read-dockerfile.ts';
import { readDocuments } from './read-documents.ts';
import { readInput } from './read-input.ts';
import { isKubernetesObject, readKubernetes } from './read-kubernetes.ts';

export interface ReadDeploymentOptions {
  /** As the user wrote it, for messages; `-` for stdin. */
  readonly file: string;
  /** Absolute; absent when `text` is given. */
  readonly path?: string;
  readonly text?: string;
  readonly nodes: readonly NodeGroup[];
  readonly buildPlatform: Platform;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a Kubernetes manifest, a compose file or a Dockerfile, whichever it is.
 * @throws ArchParityError `DEPLOYMENT_UNREADABLE`, `DEPLOYMENT_INVALID`, `DEPLOYMENT_UNKNOWN` (exit 2)
 */
export async function readDeployment(options: ReadDeploymentOptions): Promise<Deployment> {
  const { file, nodes } = options;
  const text = options.text ?? (await readText(file, options.path ?? file));
  const platforms = nodes.map(({ platform }) => platform);
  if (isDockerfile(file, text)) {
    const planned = planBuild(readDockerfile(text), { ...options, platforms });
    return { kind: 'dockerfile', ...planned };
  }
  const documents = readDocuments(text, file);
  const compose = documents.find(({ value }) => isComposeFile(value));
  if (compose !== undefined && !documents.some(({ value }) => isKubernetesObject(value))) {
    const directory = dirname(options.path ?? file);
    const variables = { ...(await readEnvFile(join(directory, '.env'))), ...options.env };
    return readCompose(compose, { ...options, directory, platforms, variables });
  }
  if (documents.some(({ value }) => isKubernetesObject(value)))
    return readKubernetes(documents, nodes);
  throw usageError(
    'DEPLOYMENT_UNKNOWN',
    `${file} is no Kubernetes manifest, compose file or Dockerfile.`,
    'A manifest has apiVersion and kind, a compose file has services, a Dockerfile begins with FROM or ARG.',
  );
}

/** By its name, else by its first instruction. */
function isDockerfile(file: string, text: string): boolean {
  if (/^(?:.*\.)?(?:docker|container)file(?:\..*)?$/i.test(basename(file))) return true;
  const first = text.split('\n').find((line) => !/^\s*(?:#.*)?$/.test(line)) ?? '';
  return /^\s*(?:FROM|ARG)\s+\S/i.test(first);
}

async function readText(file: string, path: string): Promise<string> {
  try {
    return await readInput(path);
  } catch (cause) {
    throw new ArchParityError({
      code: 'DEPLOYMENT_UNREADABLE',
      message: `${file} cannot be read: ${errorMessage(cause)}.`,
      advice: 'Check the path; - reads stdin.',
      exitCode: ExitCode.usage,
      cause,
    });
  }
}

/** `NAME=VALUE` lines; most projects have none. */
async function readEnvFile(path: string): Promise<Record<string, string>> {
  const text = await readInput(path).catch(() => '');
  const pairs = [
    ...text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*?)[ \t\r]*$/gm),
  ];
  return Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [name, value.replace(/^(["'])(.*)\1$/, '$2')]),
  );
}
