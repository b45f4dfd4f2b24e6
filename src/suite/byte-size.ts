import { type Problem, quoteText } from './mistake.ts';

const UNIT_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
};
const SIZE = /^(\d+)([BKMGT])$/;

/** Bytes of a size as a suite writes it (`512B`, `64K`, `256M`, `1G`; 1K = 1024), or `undefined`. */
export function parseByteSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const bytes = Number(match[1]) * (UNIT_BYTES[match[2] ?? ''] ?? Number.NaN);
  return bytes >= 1 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Writes bytes so that {@link parseByteSize} reads the same back. */
export function formatByteSize(bytes: number): string {
  for (const unit of ['T', 'G', 'M', 'K']) {
    const size = UNIT_BYTES[unit] ?? 1;
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}

/** Says what is wrong with a text that should be a size. */
export function findByteSizeProblem(text: string): Problem | undefined {
  if (parseByteSize(text) !== undefined) return undefined;
  if (text.trim().startsWith('-')) {
    return { message: `cannot be negative, but is ${quoteText(text)}` };
  }
  if (SIZE.test(text)) {
    return /^0+[BKMGT]$/.test(text)
      ? { message: `must be more than nothing, not ${quoteText(text)}` }
      : { message: `must be less than 8192T, not ${quoteText(text)}` };
  }
  const message = `must be a size such as 256M, not ${quoteText(text)}`;
  // 64KiB, 64kb, 64 k
  const folded = /^(\d+)([bkmgt])?(?:i?b)?$/.exec(text.toLowerCase().replaceAll(/\s+/g, ''));
  if (folded === null) return { message, hint: 'the units are B, K, M, G and T (1K = 1024 bytes)' };
  const number = folded[1] ?? '';
  const unit = folded[2];
  return {
    message,
    hint:
      unit === undefined
        ? `a size needs a unit: write ${number}B for bytes or ${number}M for mebibytes`
        : `write ${number}${unit.toUpperCase()}`,
  };
}
