/** A build of qemu-user as far as its known faults depend on it. */
export interface QemuBuild {
  /** Begins with the digits: `7.2.22 (Debian …)`. */
  readonly version: string;
  /** A static program at a fixed address: not position-independent. */
  readonly isFixed: boolean;
}

/** Something that is known to go wrong with some QEMUs. */
export interface KnownQemuFault {
  /** One clause. */
  readonly text: string;
  readonly source: string;
}

type Version = readonly [major: number, minor: number, patch: number];

interface Entry extends KnownQemuFault {
  /** The first version that has it; absent = all before `until`. */
  readonly from?: Version;
  /** The first version without it; absent = none is known. */
  readonly until?: Version;
  readonly isFixed?: true;
}

/** Distributions mend things without changing the number, so that a warning is all that these are for. */
const KNOWN: readonly Entry[] = [
  {
    until: [2, 12, 0],
    text: 'before 2.12 there is no membarrier, which programs of Alpine 3.10 and newer call',
    source: 'https://github.com/alpinelinux/docker-alpine/issues/48',
  },
  {
    until: [5, 0, 0],
    text: 'before 5.0 ldconfig of arm64 images crashes, and with it the installation of packages',
    source: 'https://github.com/moby/moby/issues/43039',
  },
  {
    from: [5, 1, 0],
    until: [6, 0, 0],
    text: 'from 5.1 to 5.2 small static arm64 programs crash now and then, so that buildx does not find the platform',
    source: 'https://github.com/docker/buildx/issues/542',
  },
  {
    from: [8, 1, 1],
    until: [9, 2, 2],
    text: "from 8.1.1 to 9.2.1 ldconfig of some arm64 images (Ubuntu 22.04's) crashes",
    source: 'https://github.com/tonistiigi/binfmt/pull/243',
  },
  {
    from: [8, 2, 0],
    until: [9, 0, 0],
    text: '8.2 crashes now and then with threads ("QEMU internal SIGSEGV")',
    source: 'https://github.com/tokio-rs/tokio/pull/6363',
  },
  {
    isFixed: true,
    text: 'it was built without PIE, and such a build crashes now and then where the kernel randomises brk',
    source: 'https://github.com/tonistiigi/binfmt/issues/215',
  },
];

/** The number at the beginning of what a QEMU says of its version; zeros where there is none. */
function readVersion(text: string): Version {
  const [, major = '0', minor = '0', patch = '0'] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [];
  return [Number(major), Number(minor), Number(patch)];
}

function isBefore(one: Version, other: Version): boolean {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}

/** What is known to go wrong with a QEMU; the worst first. */
export function findQemuFaults({ version, isFixed }: QemuBuild): readonly KnownQemuFault[] {
  const number = readVersion(version);
  return KNOWN.filter(
    (entry) =>
      (entry.until === undefined || isBefore(number, entry.until)) &&
      (entry.from === undefined || !isBefore(number, entry.from)) &&
      (entry.isFixed !== true || isFixed),
  ).map(({ text, source }) => ({ text, source }));
}
