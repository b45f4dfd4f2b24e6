import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, Transform, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar';
import { ArchParityError, errnoOf, ExitCode, errorMessage } from '../core/index.ts';
import type { ImageLayer } from './image-index.ts';
import { blobMissing, digestMismatch, isForbidden } from './oci-layout.ts';
import { readPaxRecords, type PaxRecords } from './pax-records.ts';

export type LayerCompression = 'none' | 'gzip' | 'zstd';

/** Sources: image-spec `layer.md`; distribution, `docs/spec/manifest-v2-2.md`. */
const LAYER_TYPE =
  /^application\/vnd\.(?:oci\.image\.layer(?:\.nondistributable)?\.v1\.tar(?:\+(?:gzip|zstd))?|docker\.image\.rootfs\.diff\.tar(?:\.(?:gzip|zstd))?)$/;

/** Sources: RFC 1952 (gzip) and RFC 8878 (zstd). */
const MAGICS: readonly (readonly [LayerCompression, string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
];

const READ_BYTES = 256 * 1024;
const TAR_BLOCK = 512;

export interface ScanLayerOptions {
  readonly layer: ImageLayer;
  /** Digest of the uncompressed tar, from the config. */
  readonly diffId: string;
  /**
   * Called with every entry before its content; why it must not be unpacked (the end of a sentence), or nothing.
   * An `ArchParityError` that it throws ends the reading.
   */
  readonly onEntry: (entry: ReadEntry, records: PaxRecords) => string | undefined;
  /** Told of the bytes of the uncompressed tar so far; what it throws ends the reading. */
  readonly onBytes?: (bytes: number) => void;
  /** Where the uncompressed tar is written on the way. */
  readonly writeTarTo?: string;
}

/**
 * How a layer is compressed, by its first bytes as docker and containerd see it: skopeo writes plain tars of a
 * daemon under gzip's media type.
 * @param path - the blob
 * @throws ArchParityError `IMAGE_LAYER_UNSUPPORTED` (exit 2)
 */
export async function layerCompression(
  path: string,
  { digest, mediaType }: ImageLayer,
): Promise<LayerCompression> {
  if (!LAYER_TYPE.test(mediaType)) {
    throw new ArchParityError({
      code: 'IMAGE_LAYER_UNSUPPORTED',
      message: `The layer ${digest} has the unknown type "${mediaType}".`,
      advice: 'Build the image with ordinary tar layers, plain or compressed by gzip or zstd.',
      exitCode: ExitCode.usage,
    });
  }
  const file = await open(path).catch((error: unknown) => {
    throw blobMissing(digest, path, error);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.toString('hex', 0, bytesRead);
    return MAGICS.find(([, magic]) => start.startsWith(magic))?.[0] ?? 'none';
  } finally {
    await file.close();
  }
}

/**
 * Reads a layer once from front to back: verifies digest, size and diff id, and looks at each tar
 * header. Memory does not depend on the size of the layer's files.
 *
 * @param path - the blob
 * @returns bytes of the uncompressed tar
 * @throws ArchParityError `IMAGE_DIGEST_MISMATCH`, `IMAGE_BLOB_MISSING` (exit 3),
 * `IMAGE_LAYER_UNSAFE`, `IMAGE_LAYER_UNSUPPORTED` (exit 2)
 */
export async function scanLayer(
  path: string,
  { layer, diffId, onBytes, onEntry, writeTarTo }: ScanLayerOptions,
): Promise<number> {
  const compression = await layerCompression(path, layer);
  const blob = { hash: createHash('sha256'), bytes: 0 };
  const tar = { hash: createHash('sha256'), bytes: 0 };
  const findings: { problem?: ArchParityError; last?: ReadEntry } = {};
  const parser = await startParser(
    (entry, reason) => {
      findings.problem ??= unsafe(layer, entry, reason);
    },
    (entry, records) => {
      findings.last = entry;
      return onEntry(entry, records);
    },
  );
  const output = writeTarTo === undefined ? undefined : await open(writeTarTo, 'wx');
  let failure: unknown;
  try {
    await pipeline(
      createReadStream(path, { highWaterMark: READ_BYTES }),
      meter(blob),
      decompressor(compression),
      meter(tar),
      async (chunks: AsyncIterable<Buffer>) => {
        let started = false;
        for await (const chunk of chunks) {
          onBytes?.(tar.bytes);
          // An empty layer is nothing but zeros, which the parser would take for no tar at all.
          started ||= chunk.some((byte) => byte !== 0);
          if (started) parser.write(chunk);
          if (findings.problem !== undefined) return;
          await output?.writeFile(chunk);
        }
        if (!started) return;
        parser.write(missingPadding(tar.bytes, findings.last));
        parser.end();
      },
    );
  } catch (error) {
    failure = error;
  } finally {
    await output?.close();
  }
  if (failure instanceof ArchParityError) throw failure;
  if (errnoOf(failure) === 'ENOENT' || isForbidden(failure))
    throw blobMissing(layer.digest, path, failure);
  if (failure !== undefined || findings.problem !== undefined) {
    // A damaged copy explains everything else that is wrong with it, so look at that first.
    await verifyRest(path, layer);
    if (findings.problem !== undefined) throw findings.problem;
    throw unsafe(layer, undefined, `it cannot be decompressed (${errorMessage(failure)})`);
  }
  verify(layer, blob);
  const actualDiffId = `sha256:${tar.hash.digest('hex')}`;
  if (actualDiffId !== diffId)
    throw digestMismatch(`${layer.digest} (uncompressed ${diffId})`, actualDiffId);
  return tar.bytes;
}

/**
 * The zeros behind the content of the last file, which `umoci insert` leaves out and Go's readers do not miss.
 * A file whose content is cut off gets none.
 */
function missingPadding(bytes: number, last: ReadEntry | undefined): Buffer {
  const tail = bytes % TAR_BLOCK;
  if (tail === 0 || last === undefined) return Buffer.alloc(0);
  // The parser has given the tail to the entry, or keeps it until there is a whole block.
  const kept = last.blockRemain % TAR_BLOCK === 0 ? tail : 0;
  // With the end of the archive, or the parser would keep the padding too.
  return Buffer.alloc(last.remain <= kept ? TAR_BLOCK - tail + 2 * TAR_BLOCK : 0);
}

interface Meter {
  readonly hash: Hash;
  bytes: number;
}

function verify(layer: ImageLayer, { hash, bytes }: Meter): void {
  if (bytes !== layer.size) {
    throw digestMismatch(layer.digest, `${bytes} bytes instead of ${layer.size}`);
  }
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== layer.digest) throw digestMismatch(layer.digest, actual);
}

async function verifyRest(path: string, layer: ImageLayer): Promise<void> {
  const blob = { hash: createHash('sha256'), bytes: 0 };
  const drain = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const _chunk of chunks);
  };
  await pipeline(createReadStream(path), meter(blob), drain);
  verify(layer, blob);
}

function meter(counted: Meter): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      counted.hash.update(chunk);
      counted.bytes += chunk.length;
      done(null, chunk);
    },
  });
}

function decompressor(compression: LayerCompression): Duplex {
  switch (compression) {
    case 'none':
      return new PassThrough();
    case 'gzip':
      return createGunzip({ chunkSize: READ_BYTES });
    case 'zstd':
      return createZstdDecompress({ chunkSize: READ_BYTES });
  }
}

type Report = (entry: string | undefined, reason: string) => void;

async function startParser(report: Report, onEntry: ScanLayerOptions['onEntry']): Promise<Parser> {
  const { Parser } = await import('tar');
  let records: PaxRecords = new Map();
  const check = (entry: ReadEntry): void => {
    const own = records;
    records = new Map();
    const problem = onEntry(entry, own);
    if (problem !== undefined) report(entry.path, problem);
    entry.resume();
  };
  const parser = new Parser({
    onReadEntry: check,
    onwarn: (code, message) => {
      // Only news, e.g. of an attribute that was left out.
      if (code !== 'TAR_ENTRY_INFO') report(undefined, `it is damaged (${message})`);
    },
  });
  // The parser keeps of a PAX header what it needs itself: no attributes, no sizes of sparse files.
  parser.on('meta', (text: string) => {
    records = new Map([...records, ...readPaxRecords(text)]);
  });
  // Types that the parser knows to skip are the ones that have no business in a layer.
  parser.on('ignoredEntry', check);
  parser.on('error', (error: unknown) =>
    report(undefined, `it is damaged (${errorMessage(error)})`),
  );
  return parser;
}

function unsafe(layer: ImageLayer, entry: string | undefined, reason: string): ArchParityError {
  const what = entry === undefined ? '' : `, entry ${JSON.stringify(entry)}`;
  return new ArchParityError({
    code: 'IMAGE_LAYER_UNSAFE',
    message: `The layer ${layer.digest}${what} is not safe to unpack: ${reason}.`,
    advice: 'Do not run this image; build it again with a tool that you trust.',
    exitCode: ExitCode.usage,
  });
}
