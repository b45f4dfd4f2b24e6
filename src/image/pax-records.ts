/** The records of a PAX extended header by keyword. Bytes that are no UTF-8 are replacement characters. */
export type PaxRecords = ReadonlyMap<string, string>;

/**
 * Reads `LENGTH KEYWORD=VALUE\n` records; a value may have line breaks in it. Lengths are not relied on, as they
 * count bytes that may have been replaced. What is no record, such as a long name of GNU tar, gives none.
 * Source: POSIX, `pax`, "Extended Header Format".
 */
export function readPaxRecords(text: string): PaxRecords {
  const records = text.matchAll(/(?:^|\n)\d+ ([^=\n]+)=([^]*?)(?=\n\d+ [^=\n]+=|\n?$)/g);
  return new Map(Array.from(records, ([, keyword = '', value = '']) => [keyword, value]));
}

/** The size of a sparse file with its holes, which an unpacker writes; `undefined` for all others. */
export function sparseSize(records: PaxRecords): number | undefined {
  // Sources: GNU tar manual, "Storing Sparse Files", formats 0.0, 0.1 and 1.0.
  const written = records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size');
  return written === undefined ? undefined : Number(written);
}
