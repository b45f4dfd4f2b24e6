import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:os';
import { captureBytes, type CapturedBytes } from '../core/index.ts';
import { decodeFields, EntryTag, FrameType, type Frame } from './protocol.ts';

/** How one run of the subject ended, as the init measured it. */
export interface ExitReport {
  /** From 0. */
  readonly iteration: number;
  readonly code?: number;
  /** Symbolic name. */
  readonly signal?: string;
  readonly timedOut: boolean;
  readonly wallMs: number;
  readonly userMs: number;
  readonly sysMs: number;
  readonly maxRssKb: number;
}

/** A step that failed in the agent, by the call that failed. */
export interface AgentFailure {
  /** Symbolic name, e.g. `ENOENT`. */
  readonly errno: string;
  /** What was tried, e.g. `exec /bin/app`, `overlay /mnt/rootfs`. */
  readonly step: string;
}

export interface StepFailure {
  readonly phase: 'setup' | 'teardown';
  readonly index: number;
  readonly code?: number;
  readonly signal?: string;
}

/** One path below a tree that was asked for. */
export interface TreeEntry {
  /** Index of the tree in the spec. */
  readonly label: number;
  /** Starts with `/`, relative to the tree. */
  readonly path: string;
  /** `st_mode`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly device?: { readonly major: number; readonly minor: number };
  readonly linkTarget?: string;
  /** Values in base64. */
  readonly xattrs: Readonly<Record<string, string>>;
  readonly opaque: boolean;
  readonly sha256?: string;
  readonly content?: CapturedBytes;
  /** The content of a file, or what is in a directory, was too much to read. */
  readonly unread?: true;
}

export interface SpaceReport {
  readonly label: number;
  readonly freeBytes: number;
  readonly freeInodes: number;
}

/** What the kernel refused the processes of a spawn: how often. */
export interface ShortageReport {
  /** Processes that it ended for want of memory, the machine's or the spawn's own. */
  readonly killed: number;
  /** Times that the spawn's own limit of memory was reached and nothing could be freed. */
  readonly memoryLimit: number;
  /** Processes that the spawn's own limit forbade. */
  readonly pidsLimit: number;
}

/** Names by number; of aliases (SIGABRT and SIGIOT, EAGAIN and EWOULDBLOCK) the first, which is the usual one. */
function namesByNumber(numbers: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(
    Object.entries(numbers)
      .reverse()
      .map(([name, number]) => [number, name]),
  );
}

const ERRNO_NAMES = namesByNumber(constants.errno);
const SIGNAL_NAMES = namesByNumber(constants.signals);

/** Symbolic name of a signal number; `SIG<n>` for real-time signals. */
export function signalName(number: number): string {
  return SIGNAL_NAMES.get(number) ?? `SIG${String(number)}`;
}

/** A wait status (waitpid(2)) as exit code or signal. */
export function readWaitStatus(
  status: number,
): { readonly code: number } | { readonly signal: string } {
  const signal = status & 0x7f;
  return signal === 0 ? { code: (status >> 8) & 0xff } : { signal: signalName(signal) };
}

/** Payload of an error or failure frame. */
export function readFailure(payload: Buffer): AgentFailure {
  const number = payload.length >= 4 ? payload.readInt32BE(0) : 0;
  return {
    errno: ERRNO_NAMES.get(number) ?? `errno ${String(number)}`,
    step: payload.toString('utf8', 4),
  };
}

export function readExit(payload: Buffer): ExitReport {
  return {
    iteration: payload.readUInt32BE(0),
    ...readWaitStatus(payload.readInt32BE(4)),
    timedOut: payload.readBigUInt64BE(40) !== 0n,
    wallMs: Number(payload.readBigUInt64BE(8)) / 1e6,
    userMs: Number(payload.readBigUInt64BE(16)) / 1e3,
    sysMs: Number(payload.readBigUInt64BE(24)) / 1e3,
    maxRssKb: Number(payload.readBigUInt64BE(32)),
  };
}

export function readStepFailure(payload: Buffer): StepFailure {
  return {
    phase: payload.readUInt32BE(0) === 0 ? 'setup' : 'teardown',
    index: payload.readUInt32BE(4),
    ...readWaitStatus(payload.readInt32BE(8)),
  };
}

export function readSpace(payload: Buffer): SpaceReport {
  return {
    label: Number(payload.readBigUInt64BE(0)),
    freeBytes: Number(payload.readBigUInt64BE(8)),
    freeInodes: Number(payload.readBigUInt64BE(16)),
  };
}

export function readShortage(payload: Buffer): ShortageReport {
  return {
    killed: Number(payload.readBigUInt64BE(0)),
    memoryLimit: Number(payload.readBigUInt64BE(8)),
    pidsLimit: Number(payload.readBigUInt64BE(16)),
  };
}

interface OpenEntry {
  readonly facts: Omit<TreeEntry, 'sha256' | 'content' | 'unread'>;
  readonly isFile: boolean;
  /** Made with the first byte. */
  hash: Hash | undefined;
  readonly kept: Buffer[];
  keptBytes: number;
  totalBytes: number;
  unread: boolean;
}

function readEntryFacts(payload: Buffer): OpenEntry['facts'] {
  const xattrs: Record<string, string> = {};
  let facts: Omit<OpenEntry['facts'], 'xattrs'> = {
    label: 0,
    path: '',
    mode: 0,
    uid: 0,
    gid: 0,
    size: 0,
    opaque: false,
  };
  for (const { tag, data } of decodeFields(payload)) {
    if (tag === EntryTag.label) facts = { ...facts, label: data.readUInt32BE() };
    else if (tag === EntryTag.path) facts = { ...facts, path: data.toString() };
    else if (tag === EntryTag.mode) facts = { ...facts, mode: data.readUInt32BE() };
    else if (tag === EntryTag.uid) facts = { ...facts, uid: data.readUInt32BE() };
    else if (tag === EntryTag.gid) facts = { ...facts, gid: data.readUInt32BE() };
    else if (tag === EntryTag.size) facts = { ...facts, size: Number(data.readBigUInt64BE()) };
    else if (tag === EntryTag.device)
      facts = { ...facts, device: { major: data.readUInt32BE(0), minor: data.readUInt32BE(4) } };
    else if (tag === EntryTag.link) facts = { ...facts, linkTarget: data.toString() };
    else if (tag === EntryTag.opaque) facts = { ...facts, opaque: true };
    else if (tag === EntryTag.xattr) {
      const end = data.indexOf(0);
      xattrs[data.toString('utf8', 0, end)] = data.toString('base64', end + 1);
    }
  }
  return { ...facts, xattrs };
}

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;

/** Stands for a hole's content, piece by piece. */
const ZEROS = Buffer.alloc(64 * 1024);

/** Of no bytes: a new lane lists nothing but empty files, and loading node:crypto takes a while. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Joins entry and content frames to entries; keeps at most `contentLimit` bytes of each file. */
export class TreeCollector {
  readonly #contentLimit: number;
  readonly #entries: TreeEntry[] = [];
  #open: OpenEntry | undefined;

  constructor(contentLimit: number) {
    this.#contentLimit = contentLimit;
  }

  /** Takes a frame of a tree; `false` when it is none. */
  take(frame: Frame): boolean {
    switch (frame.type) {
      case FrameType.entry:
        this.#addEntry(frame.payload);
        return true;
      case FrameType.entryData:
        this.#addData(frame.payload);
        return true;
      case FrameType.entryHole:
        this.#addHole(Number(frame.payload.readBigUInt64BE()));
        return true;
      case FrameType.entryUnread:
        if (this.#open !== undefined) this.#open.unread = true;
        return true;
      default:
        return false;
    }
  }

  /** All entries, sorted by path in code-unit order. */
  finish(): readonly TreeEntry[] {
    this.#finishOpen();
    return this.#entries.sort(
      (a, b) => a.label - b.label || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
    );
  }

  #addEntry(payload: Buffer): void {
    this.#finishOpen();
    const facts = readEntryFacts(payload);
    const isFile = (facts.mode & S_IFMT) === S_IFREG;
    this.#open = {
      facts,
      isFile,
      hash: undefined,
      kept: [],
      keptBytes: 0,
      totalBytes: 0,
      unread: false,
    };
  }

  #addHole(length: number): void {
    for (let left = length; left > 0; left -= ZEROS.length)
      this.#addData(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  }

  #addData(data: Buffer): void {
    const open = this.#open;
    if (open === undefined) return;
    if (open.isFile) (open.hash ??= createHash('sha256')).update(data);
    open.totalBytes += data.length;
    const room = this.#contentLimit - open.keptBytes;
    if (room <= 0) return;
    const kept = Buffer.from(data.subarray(0, room));
    open.kept.push(kept);
    open.keptBytes += kept.length;
  }

  #finishOpen(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    if (open.unread) {
      this.#entries.push({ ...open.facts, unread: true });
      return;
    }
    const content = !open.isFile
      ? {}
      : {
          sha256: open.hash?.digest('hex') ?? EMPTY_SHA256,
          content: captureBytes(Buffer.concat(open.kept), open.totalBytes),
        };
    this.#entries.push({ ...open.facts, ...content });
  }
}
