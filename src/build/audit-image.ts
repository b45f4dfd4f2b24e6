import type { Platform } from '../core/index.ts';
import { examineImage, type LayeredImage } from '../image/index.ts';

/** What an audit of one produced image found. */
export interface BuiltAudit {
  readonly platform: Platform;
  /** Of the manifest. */
  readonly digest: string;
  /** What its config says. */
  readonly written: string;
  /** Whether that is another platform than it was built for. */
  readonly isMisnamed: boolean;
  readonly elfFiles: number;
  /** What will fail on a machine of the platform; empty when all is well. */
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Looks whether an image is what it was built to be: the platform of its config, and every program in it, as
 * `archparity inspect` does.
 * @throws ArchParityError those of `examineImage`; the reason of `cancelSignal`
 */
export async function auditBuiltImage(
  { layoutDir, tag }: LayeredImage,
  { platform, cancelSignal }: { readonly platform: Platform; readonly cancelSignal: AbortSignal },
): Promise<BuiltAudit> {
  const source = { kind: 'layout', layoutDir, tag, cached: false } as const;
  const [found] = await examineImage(source, { audit: true, cancelSignal });
  if (found === undefined) throw new TypeError(`${layoutDir} has no image ${tag}`);
  const { image, audit } = found;
  const { written } = image;
  const isMisnamed = image.platform !== platform;
  const say = (wanted: (severity: string) => boolean): string[] =>
    audit?.findings.flatMap(({ severity, message }) => (wanted(severity) ? [message] : [])) ?? [];
  return {
    platform,
    digest: image.manifestDigest ?? '',
    written,
    isMisnamed,
    elfFiles: audit?.elfFiles ?? 0,
    problems: [
      ...(isMisnamed
        ? [`its config says that it is for ${written}, and it was built for ${platform}`]
        : []),
      ...say((severity) => severity === 'error'),
    ],
    notes: say((severity) => severity !== 'error'),
  };
}
