import { usageError } from '../core/index.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/**
 * The value of an option that is a size in bytes: `4G`, `512M`.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function readByteSize(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,12})([KMG]?)$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit] ?? 1);
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw usageError('USAGE', `--${option} takes a size like 512M or 4G, not "${text}".`);
}
