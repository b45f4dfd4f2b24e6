/**
 * The numbers of the agent's protocol; `agent.h` holds the same. Described in `protocol.md`.
 */
export const AGENT_VERSION = '4';
const MAX_FRAME = 1 << 20;
/** A spec holds argv and environment, of which execve(2) takes at most 6 MiB. */
const MAX_SPEC_FRAME = 1 << 24;
const FRAME_HEADER = 9;

export const FrameType = {
  spawn: 0x01,
  stdin: 0x02,
  signal: 0x03,
  resize: 0x04,
  kill: 0x05,
  put: 0x06,
  putData: 0x07,
  get: 0x08,
  tree: 0x09,
  mount: 0x0a,
  stat: 0x0b,
  watch: 0x0c,
  spawnAfter: 0x0d,
  begin: 0x0e,
  hello: 0x81,
  started: 0x82,
  output: 0x83,
  stdinAck: 0x84,
  exit: 0x86,
  entry: 0x87,
  entryData: 0x88,
  done: 0x89,
  ok: 0x8a,
  error: 0x8b,
  failed: 0x8c,
  launcher: 0x8d,
  stepFailed: 0x8e,
  fileData: 0x8f,
  space: 0x90,
  entryHole: 0x91,
  entryUnread: 0x92,
  shortage: 0x93,
} as const;

export const SpecTag = {
  argv: 1,
  env: 2,
  cwd: 3,
  uid: 4,
  gid: 5,
  groups: 6,
  umask: 7,
  rlimit: 8,
  deadlineMs: 9,
  graceMs: 10,
  terminal: 11,
  affinity: 12,
  repeat: 13,
  flags: 14,
  mount: 15,
  outputLimit: 16,
  tree: 17,
  inner: 18,
  hostname: 19,
  executable: 20,
  userMap: 21,
  root: 22,
  capabilities: 23,
  setup: 24,
  teardown: 25,
  memoryMax: 26,
  pidsMax: 27,
  inside: 28,
  connect: 29,
  networkOf: 30,
  address: 31,
} as const;

export const SpawnFlag = {
  newPid: 1 << 0,
  newMount: 1 << 1,
  newNet: 1 << 2,
  newIpc: 1 << 3,
  newUts: 1 << 4,
  launcher: 1 << 5,
  stdinNull: 1 << 6,
  inPlace: 1 << 7,
  barrier: 1 << 8,
  lasting: 1 << 9,
  outputNull: 1 << 10,
  fixedAddresses: 1 << 11,
  quiet: 1 << 12,
  independentSetup: 1 << 13,
  datagrams: 1 << 14,
  look: 1 << 15,
  boundProcesses: 1 << 16,
} as const;

export const HelloTag = {
  version: 1,
  machine: 2,
  kernel: 3,
  pageSize: 4,
  cpu: 5,
  pid: 6,
  uid: 7,
  limits: 8,
} as const;

export const StatTag = { device: 1, inode: 2, mode: 3, size: 4, link: 5 } as const;

export const EntryTag = {
  label: 1,
  path: 2,
  mode: 3,
  uid: 4,
  gid: 5,
  size: 6,
  device: 7,
  link: 8,
  xattr: 9,
  opaque: 10,
} as const;

export interface Frame {
  readonly type: number;
  readonly id: number;
  readonly payload: Buffer;
}

/** Whether the agent would take a payload of this length. */
export function fitsFrame(type: number, bytes: number): boolean {
  const isSpec = type === FrameType.spawn || type === FrameType.spawnAfter;
  const limit = isSpec ? MAX_SPEC_FRAME : MAX_FRAME;
  return bytes + FRAME_HEADER - 4 <= limit;
}

/**
 * One frame ready to be written.
 * @throws RangeError for a payload that the agent would refuse as too long
 */
export function encodeFrame(
  type: number,
  id: number,
  payload: Uint8Array = new Uint8Array(0),
): Buffer {
  if (!fitsFrame(type, payload.length)) {
    throw new RangeError(`a payload of ${String(payload.length)} bytes does not fit a frame`);
  }
  const frame = Buffer.allocUnsafe(FRAME_HEADER + payload.length);
  frame.writeUInt32BE(payload.length + FRAME_HEADER - 4, 0);
  frame.writeUInt8(type, 4);
  frame.writeUInt32BE(id, 5);
  frame.set(payload, FRAME_HEADER);
  return frame;
}

/** Cuts a byte stream into frames. */
export class FrameDecoder {
  #pending: Buffer = Buffer.alloc(0);

  /**
   * The frames that are complete after this chunk, in order.
   * @throws RangeError for a frame that is longer than the protocol allows, or shorter than its header
   */
  push(chunk: Buffer): Frame[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (this.#pending.length - at >= 4) {
      const framed = this.#pending.readUInt32BE(at);
      if (framed < FRAME_HEADER - 4 || framed > MAX_FRAME)
        throw new RangeError(`frame of ${String(framed)} bytes`);
      if (this.#pending.length - at < 4 + framed) break;
      frames.push({
        type: this.#pending.readUInt8(at + 4),
        id: this.#pending.readUInt32BE(at + 5),
        payload: this.#pending.subarray(at + FRAME_HEADER, at + 4 + framed),
      });
      at += 4 + framed;
    }
    this.#pending = this.#pending.subarray(at);
    return frames;
  }
}

export interface Field {
  readonly tag: number;
  readonly data: Buffer;
}

/**
 * The tag-length-value fields of a payload.
 * @throws RangeError when a field runs past the end
 */
export function decodeFields(payload: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < payload.length;) {
    const length = payload.readUInt32BE(at + 1);
    if (at + 5 + length > payload.length) throw new RangeError('field runs past its payload');
    fields.push({ tag: payload.readUInt8(at), data: payload.subarray(at + 5, at + 5 + length) });
    at += 5 + length;
  }
  return fields;
}

/** Collects tag-length-value fields. */
export class FieldWriter {
  #data = Buffer.allocUnsafe(4096);
  #length = 0;

  bytes(tag: number, data: Uint8Array): this {
    this.#begin(tag, data.length);
    this.#data.set(data, this.#length);
    this.#length += data.length;
    return this;
  }

  /** @throws RangeError for a text that holds a NUL, where the agent would end it */
  text(tag: number, text: string): this {
    if (text.includes('\0')) throw new RangeError('a word holds a NUL byte');
    return this.#characters(tag, text);
  }

  /** Words separated by NUL. @throws RangeError for a word that holds a NUL */
  list(tag: number, words: readonly string[]): this {
    if (words.some((word) => word.includes('\0'))) throw new RangeError('a word holds a NUL byte');
    return this.#characters(tag, words.join('\0'));
  }

  u32(tag: number, ...values: readonly number[]): this {
    this.#begin(tag, 4 * values.length);
    for (const value of values) this.#length = this.#data.writeUInt32BE(value >>> 0, this.#length);
    return this;
  }

  u64(tag: number, value: bigint): this {
    this.#begin(tag, 8);
    this.#length = this.#data.writeBigUInt64BE(value, this.#length);
    return this;
  }

  /** All fields so far; nothing may be added any more. */
  finish(): Buffer {
    return this.#data.subarray(0, this.#length);
  }

  /** A field's tag and length, and room for what follows. */
  #begin(tag: number, length: number): void {
    const end = this.#length + 5 + length;
    if (end > this.#data.length) {
      const grown = Buffer.allocUnsafe(2 * end);
      grown.set(this.#data.subarray(0, this.#length));
      this.#data = grown;
    }
    this.#length = this.#data.writeUInt8(tag, this.#length);
    this.#length = this.#data.writeUInt32BE(length, this.#length);
  }

  #characters(tag: number, text: string): this {
    const length = Buffer.byteLength(text);
    this.#begin(tag, length);
    this.#data.write(text, this.#length, 'utf8');
    this.#length += length;
    return this;
  }
}
