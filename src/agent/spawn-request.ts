import { FrameType, fitsFrame } from './protocol.ts';
import type { AgentFailure } from './spawn-outcome.ts';
import { encodeSpawn, type SpawnSpec } from './spawn-spec.ts';

/** What became of a spec: what is sent, or why there is nothing to send. */
type Encoded =
  | { readonly payload: Buffer }
  | { readonly refused: AgentFailure }
  /** A RangeError: a NUL in a word. */
  | { readonly error: Error };

/** Bytes of the id of a predecessor, which stand before the spec. */
const PREDECESSOR = 4;

/**
 * A spec as it is sent, made beforehand: whoever waits for a turn has nothing left to do when it comes. A spec
 * that is longer than any frame is longer than what execve(2) takes: it is refused as the kernel would.
 */
export class SpawnRequest {
  readonly encoded: Encoded;

  constructor(spec: SpawnSpec) {
    this.encoded = encode(spec);
  }

  /** The payload of a request to begin when another spawn's subject has ended. */
  static payloadAfter(predecessor: number, payload: Buffer): Buffer {
    const head = Buffer.allocUnsafe(PREDECESSOR);
    head.writeUInt32BE(predecessor);
    return Buffer.concat([head, payload]);
  }
}

function encode(spec: SpawnSpec): Encoded {
  try {
    const payload = encodeSpawn(spec);
    if (fitsFrame(FrameType.spawn, payload.length + PREDECESSOR)) return { payload };
    return {
      refused: { errno: 'E2BIG', step: `exec ${(spec.inner ?? spec).argv[0] ?? ''}` },
    };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}
