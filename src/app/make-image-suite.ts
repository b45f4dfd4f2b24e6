import { basename } from 'node:path';
import {
  ArchParityError,
  usageError,
  type CaseCommand,
  type CaseDefinition,
  type LaneSpec,
  type Platform,
  type Suite,
} from '../core/index.ts';
import {
  listOffers,
  nameOffers,
  parseReference,
  type ImageAccess,
  type ImageReference,
} from '../image/index.ts';
import { openLane, type ImageRoot } from '../lanes/index.ts';
import { endOnCancel } from './end-on-cancel.ts';
import { findImagePrograms, type ImageProgram } from './find-image-programs.ts';

export interface ImageSuiteOptions {
  /** The platforms that the lanes will have, the one to look at for programs first. */
  readonly platforms: readonly Platform[];
  readonly cacheDir: string;
  /** How images that are no files are got; absent = with the defaults. */
  readonly imageAccess?: ImageAccess;
  readonly logger?: (command: string) => void;
  readonly cancelSignal?: AbortSignal;
}

/** Long enough for a server to fail at what is wrong with it; emulation starts several times slower. */
const START_TIMEOUT = literal(10_000, 20_000);
const WORD_TIMEOUT = literal(10_000, 30_000);
/** Of a listing: an image of a million files fits. */
const LISTING_BYTES = 64 * 1024 * 1024;
const OUTPUT_BYTES = 1024 * 1024;

function literal(ms: number, emulated: number): CaseDefinition['timeout'] {
  return { kind: 'literal', ms, byLane: { emulated } };
}

/**
 * Makes a suite for an image of which nothing is known: it starts as configured, its programs can start, its
 * files are the same on all platforms, and what it is for and what it carries says its version. Bounded: at
 * most 40 cases.
 *
 * @param reference - with absolute paths
 * @throws ArchParityError `IMAGE_PLATFORM_MISSING` (exit 2) and those of reading and unpacking the image
 */
export async function makeImageSuite(
  reference: string,
  options: ImageSuiteOptions,
): Promise<Suite> {
  const parsed = parseReference(reference);
  if (parsed.kind !== 'image') throw new TypeError(`${reference} is no image`);
  const platform = await choosePlatform(parsed, options);
  const image = await unpack(reference, platform, options);
  const name = suiteName(parsed);
  const common = { suite: name, subject: { kind: 'image', reference } } as const;
  return {
    version: 1,
    name,
    file: `<made for ${reference}>`,
    lanes: [],
    secrets: [],
    cases: [...startCases(image), ...inspectCases(), ...(await wordCases(image))].map((made) => ({
      ...common,
      ...made,
      id: `${name}/${made.name}`,
    })),
  };
}

/** Every platform that is wanted must be there; a suite that compares a thing with nothing says nothing. */
async function choosePlatform(
  parsed: ImageReference,
  { platforms, cacheDir, imageAccess, logger }: ImageSuiteOptions,
): Promise<Platform> {
  const offers = await listOffers(parsed, {
    cacheDir,
    ...(imageAccess === undefined ? {} : { access: imageAccess }),
    ...(logger === undefined ? {} : { logger }),
  });
  const offered = new Set(offers.map(({ platform }) => platform));
  const missing = platforms.find((platform) => !offered.has(platform));
  const [first] = platforms;
  if (missing === undefined && first !== undefined) return first;
  const others =
    offers.length === 0 ? 'and no other platform either' : `only ${nameOffers(offers)}`;
  const alone = platforms.find((platform) => offered.has(platform));
  throw usageError(
    'IMAGE_PLATFORM_MISSING',
    `${parsed.text} has no ${missing ?? 'platform'}, ${others}.`,
    alone === undefined
      ? 'Choose one that it has with --platform.'
      : `Build it for ${missing ?? 'both'} too, or check what is there alone: --lane ${alone === platforms[0] ? 'native' : 'emulated'}`,
  );
}

/** The lane is there for its namespaces only: the image's owners and modes need them. */
async function unpack(
  reference: string,
  platform: Platform,
  { cacheDir, imageAccess, logger, cancelSignal = new AbortController().signal }: ImageSuiteOptions,
): Promise<ImageRoot> {
  const spec: LaneSpec = { id: 'unpack', kind: 'native', settings: { platform } };
  const lane = await openLane(spec, {
    platform,
    cacheDir,
    ...(imageAccess === undefined ? {} : { imageAccess }),
    measure: false,
    ...(logger === undefined ? {} : { logger }),
  });
  try {
    const image = await endOnCancel([lane], cancelSignal, () => lane.imageRoot(reference));
    if (image !== undefined) return image;
  } finally {
    await lane.close();
  }
  throw new ArchParityError({ code: 'INTERRUPTED', message: 'Interrupted.', exitCode: 130 });
}

/** `debian-tools` of `oci:build/images/debian-tools:latest`, `nginx` of `docker://host/library/nginx:1.25`. */
export function suiteName({ transport, location }: ImageReference): string {
  const isPath = ['dir', 'oci', 'oci-archive', 'docker-archive'].includes(transport);
  const last = basename(location);
  const name = isPath ? last.replace(/\.tar$/, '') : last.replace(/[:@].*$/, '');
  return name.replaceAll(/[/\p{Cc}]/gu, '-').trim() || 'image';
}

type MadeCase = Omit<CaseDefinition, 'id' | 'suite' | 'subject'>;

function makeCase(
  name: string,
  command: CaseCommand,
  more: Partial<MadeCase> & Pick<MadeCase, 'tags'>,
): MadeCase {
  return {
    name,
    command,
    env: {},
    network: 'none',
    fixtures: [],
    setup: [],
    teardown: [],
    timeout: { kind: 'scaled', nativeMs: 10_000 },
    retries: 0,
    limits: { outputBytes: OUTPUT_BYTES },
    expect: {},
    compare: ['exit', 'stdout'],
    normalize: ['arch', 'paths', 'time', 'pid', 'address'],
    known: [],
    pid1: 'init',
    ...more,
  };
}

function startCases({ config }: ImageRoot): MadeCase[] {
  if ([...(config.entrypoint ?? []), ...(config.cmd ?? [])].length === 0) return [];
  return [
    makeCase(
      'starts as configured',
      { kind: 'subject' },
      { tags: ['start'], timeout: START_TIMEOUT, mayKeepRunning: true },
    ),
  ];
}

function inspectCases(): MadeCase[] {
  const limits = { outputBytes: LISTING_BYTES };
  return [
    makeCase(
      'every program can start',
      { kind: 'inspect', what: 'programs' },
      { tags: ['inspect'], limits, expect: { stdout: { equals: '' } }, compare: [], normalize: [] },
    ),
    makeCase(
      'the files are the same',
      { kind: 'inspect', what: 'files' },
      { tags: ['inspect'], limits, normalize: [] },
    ),
  ];
}

async function wordCases({ root, config }: ImageRoot): Promise<MadeCase[]> {
  const { main, known, own } = await findImagePrograms(root, config);
  const words: readonly (readonly [ImageProgram, string])[] = [
    ...main.flatMap((program) =>
      ['--version', '--help', '-V'].map((word) => [program, word] as const),
    ),
    ...known.map((program) => [program, program.versionWord] as const),
    ...own.map((program) => [program, program.versionWord] as const),
  ];
  return words.map(([program, word]) =>
    makeCase(
      `${program.name} ${word}`,
      { kind: 'run', argv: [program.command, word] },
      {
        tags: ['version'],
        timeout: WORD_TIMEOUT,
        // A server that does not know the word starts.
        mayKeepRunning: true,
        compare: ['exit', 'stdout', 'stderr'],
      },
    ),
  );
}
