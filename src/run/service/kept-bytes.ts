import { createHash, type Hash } from 'node:crypto';
import { captureBytes, type CapturedBytes } from '../../core/index.ts';

/** Collects bytes up to a limit, and a digest of the rest. */
export class KeptBytes {
  readonly #limit: number;
  readonly #kept: Buffer[] = [];
  #keptLength = 0;
  #total = 0;
  #rest: Hash | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  add(data: Buffer): void {
    const room = Math.max(0, this.#limit - this.#keptLength);
    const kept = data.subarray(0, room);
    this.#kept.push(kept);
    this.#keptLength += kept.length;
    this.#total += data.length;
    if (kept.length < data.length)
      (this.#rest ??= createHash('sha256')).update(data.subarray(room));
  }

  text(): string {
    return Buffer.concat(this.#kept).toString();
  }

  finish(): CapturedBytes {
    const digest = this.#rest?.digest('hex').slice(0, 16);
    return captureBytes(Buffer.concat(this.#kept), this.#total, digest);
  }
}
