import type { FactValue } from './case-parts.ts';

/** Bytes of a stream or file as data that JSON can hold. */
export interface CapturedBytes {
  /** `utf8` when the kept bytes are valid UTF-8, else `base64`. */
  readonly encoding: 'utf8' | 'base64';
  readonly data: string;
  /** Bytes that were produced, also those that were not kept. */
  readonly totalBytes: number;
  /** Whether `data` holds less than was produced. */
  readonly truncated: boolean;
  /** Of a truncated stream: a digest of the bytes that were not kept, 16 hexadecimal digits. */
  readonly cutDigest?: string;
}

export type ChangedFileType =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'fifo'
  | 'socket'
  | 'char-device'
  | 'block-device'
  | 'removed'
  /** Of a path that was looked for and is not there. */
  | 'missing';

/** One path that the subject created, changed or removed. */
export interface ChangedFile {
  /** Absolute in an image, relative to the working directory for a binary. */
  readonly path: string;
  readonly type: ChangedFileType;
  /** Permission bits with setuid, setgid and sticky, e.g. `0o644`; 0 for `removed`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 for anything but a file. */
  readonly size: number;
  /** Lower-case hex SHA-256 of the whole content (files only). */
  readonly sha256?: string;
  readonly linkTarget?: string;
  /** Extended attributes, values in base64. */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** The content, when it was small enough to keep; of a link that is looked up, what it leads to. */
  readonly content?: CapturedBytes;
  /** Set when the content is of no interest: nobody asked for it, or it is a program. */
  readonly contentIgnored?: true;
  /** The directory replaces one of the image instead of merging with it (overlayfs "opaque"). */
  readonly opaque?: boolean;
}

/** How the subject's process ended. A deadline wins over the signal that it caused. */
export type Termination =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | {
      readonly kind: 'timeout';
      readonly deadlineMs: number;
      readonly signal?: string;
      readonly code?: number;
    }
  /** exec failed: `errno` as its symbolic name (`ENOENT`, `ENOEXEC`, …). */
  | {
      readonly kind: 'not-started';
      readonly errno: string;
      /** What happened, one sentence. */
      readonly message: string;
      /** As of an error, e.g. `COMMAND_NOT_FOUND`. */
      readonly code?: string;
      readonly advice?: string;
    };

/** What came of one request. Times by the clock of this machine, in milliseconds. */
export type Exchange = { readonly label: string; readonly wallMs: number } & (
  | {
      readonly kind: 'http';
      readonly status: number;
      /** Names in lower case, in the order in which they came. */
      readonly headers: readonly (readonly [string, string])[];
      readonly body: CapturedBytes;
    }
  | { readonly kind: 'tcp'; readonly received: CapturedBytes }
  | {
      readonly kind: 'run';
      readonly termination: Termination;
      readonly stdout: CapturedBytes;
      readonly stderr: CapturedBytes;
    }
  | {
      readonly kind: 'facts';
      /** By name; those that could not be found out are not there. */
      readonly facts: Readonly<Record<string, FactValue>>;
      /** Why there are none, or there may be others. */
      readonly problem?: string;
    }
  /** There is no answer. */
  | { readonly kind: 'failed'; readonly message: string; readonly timedOut: boolean }
);

/** Why a service went no further, in the words of a failed check. */
export interface ServiceFailure {
  readonly check: string;
  readonly expected: string;
  readonly actual: string;
  /** It took too long. */
  readonly timedOut: boolean;
}

/** What was seen of a service besides its own end and output. */
export interface ServiceObservation {
  /** From the start of its process; absent = it never was, or the case has no service of its own. */
  readonly readyMs?: number;
  readonly companions: readonly { readonly name: string; readonly readyMs?: number }[];
  /** In the order of the requests, as far as they were made. */
  readonly exchanges: readonly Exchange[];
  /** From the signal to its end; absent = it was not asked, or did not end. */
  readonly stopMs?: number;
  /** Why it went no further. */
  readonly failure?: ServiceFailure;
}

/** What one run of an attempt took that makes several. */
export interface RunMeasurement {
  readonly wallMs: number;
  readonly userMs: number;
  readonly sysMs: number;
  readonly maxRssKb: number;
  /** Set when it did not end with 0: the code, or the signal's name. */
  readonly failed?: string;
}

/** What an image says about itself, as far as a case looks at it. */
export interface ObservedConfig {
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workdir: string;
  readonly user: string;
  /** `8080/tcp`. */
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
}

/** All that was seen of one attempt. A failing child is data, never an exception. */
export interface Observation {
  readonly termination: Termination;
  readonly stdout: CapturedBytes;
  readonly stderr: CapturedBytes;
  /** Absent when the case does not look at files. Sorted by path (code units). */
  readonly files?: readonly ChangedFile[];
  /** Of the image, when the case inspects it. */
  readonly config?: ObservedConfig;
  /** By name; those that could not be found out are not there. */
  readonly facts?: Readonly<Record<string, FactValue>>;
  /** CLOCK_MONOTONIC_RAW of the lane around the child's life. On emulated lanes QEMU is included. */
  readonly wallMs: number;
  readonly userMs: number;
  readonly sysMs: number;
  readonly maxRssKb: number;
  /** Of the guest, in all processes of the attempt, where the lane counts them. */
  readonly instructions?: number;
  /** Each run of an attempt that repeats its command, in order; the other figures are the last one's. */
  readonly runs?: readonly RunMeasurement[];
  /**
   * What the program that was started is for (`linux/amd64`), when it belongs on no machine of the lane's
   * platform: the lane ran it all the same, because the machine under it can.
   */
  readonly foreignProgram?: string;
  /** Of a case with a service or further containers. */
  readonly service?: ServiceObservation;
  /** The case's own preparation failed, so its command was not started: the case fails. */
  readonly setupFailure?: string;
  /** What was started in the end, where the words of the case stand for others. */
  readonly argv?: readonly string[];
  /** Limits that were asked for and that this lane could not enforce. */
  readonly unenforcedLimits?: readonly string[];
  /** Warnings about this attempt as data, e.g. a full scratch file system. */
  readonly notes?: readonly string[];
}

/** The lane broke, not the subject: no observation could be made. */
export interface InfraFailure {
  readonly code: string;
  readonly message: string;
  readonly advice?: string;
}

/** One run of one case on one lane. Exactly one of `observation`, `infra` and `unsupported` is there. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  readonly observation?: Observation;
  readonly infra?: InfraFailure;
  /** Why the lane cannot run this case. */
  readonly unsupported?: string;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Turns bytes into data that JSON can hold without loss.
 * @param cutDigest - kept where there are more than these bytes
 */
export function captureBytes(
  bytes: Uint8Array,
  totalBytes: number = bytes.length,
  cutDigest?: string,
): CapturedBytes {
  const truncated = totalBytes > bytes.length;
  const size = {
    totalBytes,
    truncated,
    ...(truncated && cutDigest !== undefined ? { cutDigest } : {}),
  };
  try {
    return { encoding: 'utf8', data: UTF8.decode(bytes), ...size };
  } catch {
    return { encoding: 'base64', data: Buffer.from(bytes).toString('base64'), ...size };
  }
}

/** The bytes that {@link captureBytes} kept. */
export function capturedBuffer(captured: CapturedBytes): Buffer {
  return Buffer.from(captured.data, captured.encoding);
}

/** The kept bytes as text; bytes that are not UTF-8 become U+FFFD. */
export function capturedText(captured: CapturedBytes): string {
  return captured.encoding === 'utf8' ? captured.data : capturedBuffer(captured).toString('utf8');
}
