import { basename, dirname, join } from 'node:path';
import { ArchParityError, findPlatform, type Platform } from '../core/index.ts';
import {
  auditRootfs,
  describeAudit,
  IMAGE_TOOL_DEADLINE_MS,
  inspectImage,
  materialiseImage,
  type ImageReference,
  type LayeredImage,
} from '../image/index.ts';
import { requireTool, type CommandLogger } from '../process/index.ts';
import { makeDirectory } from '../store/index.ts';
import { runCommand } from './run-command.ts';

/** What an audit of one produced image found. */
export interface BuiltAudit {
  readonly platform: Platform;
  /** Of the manifest. */
  readonly digest: string;
  /** What its config says. */
  readonly written: string;
  readonly elfFiles: number;
  /** What will fail on a machine of the platform; empty when all is well. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

export interface AuditOptions {
  readonly platform: Platform;
  readonly cacheDir: string;
  /** Absolute, ours, not there yet: where its files are unpacked. */
  readonly directory: string;
  readonly cancelSignal: AbortSignal;
  readonly logger?: CommandLogger;
}

/**
 * Looks whether an image is what it was built to be: the platform of its config, and every program in it.
 * @throws ArchParityError those of reading an image, `BUILD_AUDIT_FAILED`
 */
export async function auditBuiltImage(
  image: LayeredImage,
  options: AuditOptions,
): Promise<BuiltAudit> {
  const { platform, cacheDir, directory, cancelSignal } = options;
  const logger = options.logger === undefined ? {} : { logger: options.logger };
  const reference: ImageReference = {
    kind: 'image',
    text: `oci:${image.layoutDir}:${image.tag}`,
    transport: 'oci',
    location: image.layoutDir,
    tag: image.tag,
  };
  const { platforms } = await inspectImage(reference, { cacheDir, ...logger });
  const [found] = platforms;
  const written = found?.written ?? 'nothing';
  const digest = found?.manifestDigest ?? '';
  if (found?.platform !== platform)
    return {
      platform,
      digest,
      written,
      elfFiles: 0,
      problems: [`its config says that it is for ${written}, and it was built for ${platform}`],
      notes: [],
    };
  const own = await materialiseImage(reference, findPlatform(written) ?? platform, {
    cacheDir,
    ...logger,
  });
  if (own.kind !== 'layout') throw new TypeError('an OCI layout is no root file system');
  makeDirectory(directory, 0o700);
  const root = join(directory, 'root');
  const unpacked = await runCommand(
    // Owners are of no interest here, and nobody but root can give files away.
    [
      await requireTool('umoci'),
      'raw',
      'unpack',
      '--rootless',
      '--image',
      `${basename(own.layoutDir)}:${own.tag}`,
      root,
    ],
    { cwd: dirname(own.layoutDir), timeoutMs: IMAGE_TOOL_DEADLINE_MS, cancelSignal, ...logger },
  );
  cancelSignal.throwIfAborted();
  if (unpacked.exitCode !== 0)
    throw new ArchParityError({
      code: 'BUILD_AUDIT_FAILED',
      message: `The image for ${platform} could not be unpacked to look at it: ${unpacked.stderr.trim().split('\n').at(-1) ?? ''}.`,
      advice: 'Run again with --verbose for the command.',
    });
  const report = await auditRootfs(root, platform);
  return {
    platform,
    digest,
    written,
    elfFiles: report.elfFiles,
    ...describeAudit(report, platform),
  };
}
