const ROW = 16;
const ROWS_BEFORE = 1;
const ROWS_SHOWN = 6;

/** The first byte in which two buffers differ, or `undefined` when they are equal. */
export function firstDifferentByte(left: Buffer, right: Buffer): number | undefined {
  if (left.equals(right)) return undefined;
  const shorter = Math.min(left.length, right.length);
  let offset = 0;
  while (offset < shorter && left[offset] === right[offset]) offset += 1;
  return offset;
}

/** An offset as the reports write it, e.g. `0x1f`. */
export function formatOffset(offset: number): string {
  return `0x${offset.toString(16)}`;
}

/** Up to 16 bytes in hex from an offset, for the short rendering of one side. */
export function hexExcerpt(bytes: Buffer, offset: number): string {
  if (offset >= bytes.length) return `(ends after ${bytes.length} bytes)`;
  return [...bytes.subarray(offset, offset + ROW)].map(hexByte).join(' ');
}

/** Hex lines with offsets around the first difference; rows that are equal come once. */
export function diffHex(left: Buffer, right: Buffer): string {
  const first = firstDifferentByte(left, right);
  if (first === undefined) return '';
  const start = Math.max(0, Math.floor(first / ROW) - ROWS_BEFORE) * ROW;
  const end = start + ROWS_SHOWN * ROW;
  const lines: string[] = [];
  for (let offset = start; offset < end; offset += ROW) {
    const leftRow = left.subarray(offset, offset + ROW);
    const rightRow = right.subarray(offset, offset + ROW);
    if (leftRow.length === 0 && rightRow.length === 0) break;
    if (leftRow.equals(rightRow)) {
      lines.push(` ${formatRow(offset, leftRow)}`);
      continue;
    }
    if (leftRow.length > 0) lines.push(`-${formatRow(offset, leftRow)}`);
    if (rightRow.length > 0) lines.push(`+${formatRow(offset, rightRow)}`);
  }
  const rest = Math.max(left.length, right.length) - end;
  if (rest > 0) lines.push(`… ${rest} more bytes`);
  return lines.join('\n');
}

function formatRow(offset: number, row: Buffer): string {
  const hex = [...row]
    .map(hexByte)
    .join(' ')
    .padEnd(ROW * 3 - 1);
  const text = [...row].map((byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
  );
  return `${offset.toString(16).padStart(8, '0')}  ${hex}  |${text.join('')}|`;
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
