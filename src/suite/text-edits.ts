/** Replaces `length` code units at `offset` by `insert`. */
export interface TextEdit {
  readonly offset: number;
  readonly length: number;
  readonly insert: string;
}

/** Applies edits that do not overlap; those at one offset keep their order. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((left, right) => left.offset - right.offset);
  const parts: string[] = [];
  let from = 0;
  for (const { offset, length, insert } of sorted) {
    parts.push(text.slice(from, offset), insert);
    from = offset + length;
  }
  parts.push(text.slice(from));
  return parts.join('');
}
