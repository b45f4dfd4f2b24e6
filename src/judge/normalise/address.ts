import { platformFacts } from '../../core/index.ts';
import { rewriteMatches, type NormaliseContext, type Rewriter } from './rewriter.ts';

/** A line of /proc/PID/maps: addresses, offset, device and inode go, permissions and path stay. */
const MAPS = String.raw`^(?:[0-9a-f]{8,16}-[0-9a-f]{8,16}) (?<permissions>[r-][w-][x-][ps]) [0-9a-f]{8,16} [0-9a-f]{2,}:[0-9a-f]{2,} \d{1,20}(?<blanks> {0,80})`;

/**
 * Pointers of 64-bit user space (9 to 12 digits, perhaps padded to 16), of the kernel, and in a
 * program linked at the usual 0x400000. Shorter numbers are flags, colours and checksums.
 */
const POINTER_64 = '0{0,4}[1-9a-f][0-9a-f]{8,11}|ffff[0-9a-f]{12}|0{0,10}4[0-9a-f]{5}';

/** Pointers of 32-bit programs: where Linux and QEMU put text, heap, libraries and stack. */
const POINTER_32 = '(?:08|4[0-9a-f]|5[56]|7[ef]|b[ef]|f[7-9a-f])[0-9a-f]{6}';

/** Hides addresses: they change with the loader, with address space randomisation and with QEMU. */
export function createAddressRewriter(context: NormaliseContext): Rewriter {
  const narrow = context.platforms.some((platform) => platformFacts(platform).elf.bits === 32);
  const pointers = narrow ? `${POINTER_64}|${POINTER_32}` : POINTER_64;
  const pattern = new RegExp(`${MAPS}|(?<!\\w)0x(?:${pointers})(?!\\w)`, 'gim');
  return {
    name: 'address',
    rewrite: (text) =>
      rewriteMatches(text, pattern, (_match, { permissions, blanks }) => {
        if (permissions === undefined) return '<address>';
        return `<address>-<address> ${permissions}${blanks === '' ? '' : ' '}`;
      }),
  };
}
