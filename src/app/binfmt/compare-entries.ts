import { PLATFORMS, type Platform } from '../../core/index.ts';
import {
  binfmtMagic,
  plainHeader,
  takesHeader,
  type HandlerTable,
  type HostHandler,
} from '../../lanes/index.ts';

/** The letters that binfmt_misc knows, in the order in which it shows them. */
const FLAGS = ['P', 'O', 'C', 'F'];

/**
 * Flags as the kernel shows them: C implies O (kernel doc, admin-guide/binfmt-misc.rst).
 * @returns `undefined` for what are no flags
 */
export function canonicalFlags(text: string): string | undefined {
  const letters = Array.from(text.toUpperCase());
  const isKnown = letters.every((letter) => FLAGS.includes(letter));
  if (!isKnown || new Set(letters).size < letters.length) return undefined;
  const implied = letters.includes('C') ? ['O'] : [];
  return FLAGS.filter((flag) => letters.includes(flag) || implied.includes(flag)).join('');
}

/** Whether there are files that both an entry and a platform's own entry take, so that the newer one gets them. */
export function overlaps({ offset, magic, mask }: HostHandler, platform: Platform): boolean {
  if (magic.length === 0) return false;
  const ours = binfmtMagic(platform);
  return magic.every((byte, index) => {
    const at = offset + index;
    const both = (mask[index] ?? 0xff) & (ours.mask[at] ?? 0);
    return ((byte ^ (ours.magic[at] ?? 0)) & both) === 0;
  });
}

/** Whether an entry takes programs of other platforms, too, which would have no handler without it. */
export function servesOthers(handler: HostHandler, platform: Platform): boolean {
  const own = plainHeader(platform);
  return PLATFORMS.some((facts) => {
    const header = plainHeader(facts.platform);
    return !header.equals(own) && takesHeader(handler, header);
  });
}

/** Whether an entry is what would be registered for a platform, and on. */
export function isEntry(
  handler: HostHandler,
  wanted: { readonly platform: Platform; readonly interpreter: string; readonly flags: string },
): boolean {
  const { magic, mask } = binfmtMagic(wanted.platform);
  return (
    handler.enabled &&
    handler.offset === 0 &&
    handler.interpreter === wanted.interpreter &&
    handler.flags === wanted.flags &&
    handler.magic.equals(magic) &&
    handler.mask.equals(mask)
  );
}

/** Whether the kernel would ask an entry first for a platform's programs if some others were off. */
export function wouldServe(
  handler: HostHandler,
  { handlers }: HandlerTable,
  { platform, without }: { readonly platform: Platform; readonly without: readonly HostHandler[] },
): boolean {
  const header = plainHeader(platform);
  const serving = handlers.find(
    (other) => other.enabled && !without.includes(other) && takesHeader(other, header),
  );
  return serving === handler;
}
