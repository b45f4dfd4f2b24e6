import { capturedBuffer, type CapturedBytes } from '../../core/index.ts';

const LONGEST_UTF8_TAIL = 3;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The kept bytes as text, or `undefined` when they are binary. A truncated stream may end within a
 * character: that does not make it binary.
 */
export function decodeText(captured: CapturedBytes): string | undefined {
  if (captured.encoding === 'utf8') return captured.data;
  if (!captured.truncated) return undefined;
  const bytes = capturedBuffer(captured);
  for (let cut = 1; cut <= Math.min(LONGEST_UTF8_TAIL, bytes.length); cut += 1) {
    try {
      return UTF8.decode(bytes.subarray(0, bytes.length - cut));
    } catch {
      // One byte more of the tail belongs to the cut character, or it is binary after all.
    }
  }
  return undefined;
}
