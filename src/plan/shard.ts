import { createHash } from 'node:crypto';
import { usageError } from '../core/index.ts';

/** One part of a run that is split over several machines. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/**
 * Reads `--shard 2/5`.
 * @throws ArchParityError `SHARD_INVALID` (exit 2)
 */
export function parseShard(text: string): Shard {
  const [, index = '', count = ''] = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim()) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index === '' || !isShard(shard)) throw invalidShard(text);
  return shard;
}

/** Whether the numbers name a part that exists. */
export function isShard({ index, count }: Shard): boolean {
  return Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count;
}

/** The error of a shard that is none. */
export function invalidShard(text: string) {
  return usageError(
    'SHARD_INVALID',
    `There is no shard ${JSON.stringify(text)}.`,
    'Write --shard 2/5 for the second of five parts.',
  );
}

/**
 * Whether a case belongs to a shard. It depends on the id alone, so that a case stays on its machine
 * when others are added, and every case is in exactly one shard.
 */
export function isInShard(caseId: string, { index, count }: Shard): boolean {
  // 48 bits: exact in a double, and far more than any count of shards.
  const hash = createHash('sha256').update(caseId).digest().readUIntBE(0, 6);
  return hash % count === index - 1;
}
