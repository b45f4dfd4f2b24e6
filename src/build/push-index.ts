import { basename, dirname } from 'node:path';
import { ArchParityError } from '../core/index.ts';
import { requireTool, type CommandLogger } from '../process/index.ts';
import { runCommand } from './run-command.ts';

export interface PushOptions {
  /** Without a transport: `HOST/NAME:TAG`. */
  readonly reference: string;
  readonly layoutDir: string;
  readonly tag: string;
  readonly cancelSignal: AbortSignal;
  readonly logger?: CommandLogger;
}

const PUSH_MS = 60 * 60_000;

/** Docker's rule: a registry on loopback needs no TLS (docker/docs, "insecure registries"). */
function isLoopback(reference: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?\//.test(reference);
}

/**
 * Pushes an index with all its images, as it is.
 * @returns the digest that the registry has it under
 * @throws ArchParityError `BUILD_PUSH_FAILED`
 */
export async function pushIndex(options: PushOptions): Promise<void> {
  const { reference, layoutDir, tag, cancelSignal, logger } = options;
  const words = ['--insecure-policy', 'copy', '--all', '--preserve-digests', '--quiet'];
  const end = await runCommand(
    [
      await requireTool('skopeo'),
      ...words,
      ...(isLoopback(reference) ? ['--dest-tls-verify=false'] : []),
      `oci:${basename(layoutDir)}:${tag}`,
      `docker://${reference}`,
    ],
    {
      cwd: dirname(layoutDir),
      cancelSignal,
      timeoutMs: PUSH_MS,
      ...(logger === undefined ? {} : { logger }),
    },
  );
  cancelSignal.throwIfAborted();
  if (end.exitCode === 0) return;
  throw new ArchParityError({
    code: 'BUILD_PUSH_FAILED',
    message: `The index could not be pushed to ${reference}: ${end.stderr.trim().split('\n').at(-1) ?? ''}`,
    advice: 'Check the name, and log in to the registry: docker login, or skopeo login.',
  });
}
