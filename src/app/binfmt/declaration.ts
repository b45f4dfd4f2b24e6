import type { Platform } from '../../core/index.ts';
import { formatBinfmtEntry } from '../../lanes/index.ts';
import { entryName } from './places.ts';

/** A platform's file in binfmt.d(5): what is written to `register` at boot, with a comment. */
export function formatDeclaration({
  platform,
  interpreter,
  flags,
}: {
  readonly platform: Platform;
  readonly interpreter: string;
  readonly flags: string;
}): string {
  const entry = formatBinfmtEntry({ name: entryName(platform), platform, interpreter, flags });
  return [
    `# Runs ${platform} programs. Written by archparity binfmt install --persist;`,
    '# archparity binfmt remove deletes it.',
    entry,
    '',
  ].join('\n');
}
