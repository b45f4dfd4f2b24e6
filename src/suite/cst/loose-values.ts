import type { SuiteSource } from '../suite-source.ts';
import { isMapping, type SuitePath } from '../mistake.ts';

/**
 * Plain data in which a number that is not written as it is printed (`0644`, `1.10`) is the text that was written:
 * where text is wanted, these files may have any scalar, and mean it as it stands there.
 */
export function keepWrittenNumbers(
  value: unknown,
  source: SuiteSource,
  path: SuitePath = [],
): unknown {
  if (typeof value === 'number') {
    const written = source.describeAt(path);
    return written === undefined || written === String(value) ? value : written;
  }
  if (Array.isArray(value))
    return value.map((item: unknown, index) => keepWrittenNumbers(item, source, [...path, index]));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      keepWrittenNumbers(item, source, [...path, key]),
    ]),
  );
}
