import { usageError } from './errors.ts';

/** A platform as OCI writes it (image-spec, `image-index.md`, "platform"). */
export type Platform =
  | 'linux/arm64'
  | 'linux/arm/v7'
  | 'linux/amd64'
  | 'linux/386'
  | 'linux/riscv64'
  | 'linux/ppc64le'
  | 'linux/s390x'
  | 'linux/mips64le'
  | 'linux/loong64';

/** ELF identification: e_machine, EI_CLASS in bits, EI_DATA (System V gABI, chapter 4). */
export interface ElfIdentity {
  readonly machine: number;
  readonly bits: 32 | 64;
  readonly endianness: 'little' | 'big';
}

/** Everything that the product knows of one architecture; nothing else in the code knows any. */
export interface PlatformFacts {
  readonly platform: Platform;
  /** OCI `architecture` and `variant`. */
  readonly oci: { readonly architecture: string; readonly variant?: string };
  readonly elf: ElfIdentity;
  /** The `X` of `qemu-X` and `qemu-X-static`. */
  readonly qemuTarget: string;
  /** CPU models to try in this order, fastest first; empty means QEMU's own default. */
  readonly fastCpus: readonly string[];
  /** Features of QEMU's CPU models that can be switched off; absent = `-cpu help` lists them, or there are none. */
  readonly cpuFeatures?: readonly string[];
  readonly debian: string;
  readonly go: string;
  readonly rust: string;
  /** What `uname -m` prints. */
  readonly uname: string;
  /** GNU triplet of Debian's cross toolchain and library directories. */
  readonly gnuTriplet: string;
  /** Other spellings that people use. */
  readonly aliases: readonly string[];
}

/**
 * Machine numbers are from the ELF gABI / `elf.h`; QEMU targets from `qemu/scripts/qemu-binfmt-conf.sh`.
 * `fastCpus`: QEMU's default `max` computes pointer authentication in software, 2–15 × slower on
 * distributions built with it.
 */
export const PLATFORMS: readonly PlatformFacts[] = [
  {
    platform: 'linux/arm64',
    oci: { architecture: 'arm64' },
    elf: { machine: 0xb7, bits: 64, endianness: 'little' },
    qemuTarget: 'aarch64',
    fastCpus: ['neoverse-n1', 'cortex-a72', 'max,pauth-impdef=on'],
    cpuFeatures: ['sme', 'sve', 'pauth', 'lpa2', 'pmu'],
    debian: 'arm64',
    go: 'arm64',
    rust: 'aarch64-unknown-linux-gnu',
    uname: 'aarch64',
    gnuTriplet: 'aarch64-linux-gnu',
    aliases: ['arm64', 'aarch64', 'linux/aarch64', 'linux/arm64/v8', 'arm64/v8'],
  },
  {
    platform: 'linux/arm/v7',
    oci: { architecture: 'arm', variant: 'v7' },
    elf: { machine: 0x28, bits: 32, endianness: 'little' },
    qemuTarget: 'arm',
    fastCpus: [],
    debian: 'armhf',
    go: 'arm',
    rust: 'armv7-unknown-linux-gnueabihf',
    uname: 'armv7l',
    gnuTriplet: 'arm-linux-gnueabihf',
    aliases: ['arm', 'arm/v7', 'armv7', 'armv7l', 'armhf', 'linux/arm'],
  },
  {
    platform: 'linux/amd64',
    oci: { architecture: 'amd64' },
    elf: { machine: 0x3e, bits: 64, endianness: 'little' },
    qemuTarget: 'x86_64',
    fastCpus: [],
    debian: 'amd64',
    go: 'amd64',
    rust: 'x86_64-unknown-linux-gnu',
    uname: 'x86_64',
    gnuTriplet: 'x86_64-linux-gnu',
    aliases: ['amd64', 'x86_64', 'x86-64', 'x64', 'linux/x86_64'],
  },
  {
    platform: 'linux/386',
    oci: { architecture: '386' },
    elf: { machine: 0x03, bits: 32, endianness: 'little' },
    qemuTarget: 'i386',
    fastCpus: [],
    debian: 'i386',
    go: '386',
    rust: 'i686-unknown-linux-gnu',
    uname: 'i686',
    gnuTriplet: 'i686-linux-gnu',
    aliases: ['386', 'i386', 'i686', 'linux/i386'],
  },
  {
    platform: 'linux/riscv64',
    oci: { architecture: 'riscv64' },
    elf: { machine: 0xf3, bits: 64, endianness: 'little' },
    qemuTarget: 'riscv64',
    fastCpus: [],
    debian: 'riscv64',
    go: 'riscv64',
    rust: 'riscv64gc-unknown-linux-gnu',
    uname: 'riscv64',
    gnuTriplet: 'riscv64-linux-gnu',
    aliases: ['riscv64'],
  },
  {
    platform: 'linux/ppc64le',
    oci: { architecture: 'ppc64le' },
    elf: { machine: 0x15, bits: 64, endianness: 'little' },
    qemuTarget: 'ppc64le',
    fastCpus: [],
    debian: 'ppc64el',
    go: 'ppc64le',
    rust: 'powerpc64le-unknown-linux-gnu',
    uname: 'ppc64le',
    gnuTriplet: 'powerpc64le-linux-gnu',
    aliases: ['ppc64le', 'ppc64el'],
  },
  {
    platform: 'linux/s390x',
    oci: { architecture: 's390x' },
    elf: { machine: 0x16, bits: 64, endianness: 'big' },
    qemuTarget: 's390x',
    fastCpus: [],
    debian: 's390x',
    go: 's390x',
    rust: 's390x-unknown-linux-gnu',
    uname: 's390x',
    gnuTriplet: 's390x-linux-gnu',
    aliases: ['s390x'],
  },
  {
    platform: 'linux/mips64le',
    oci: { architecture: 'mips64le' },
    elf: { machine: 0x08, bits: 64, endianness: 'little' },
    qemuTarget: 'mips64el',
    fastCpus: [],
    debian: 'mips64el',
    go: 'mips64le',
    rust: 'mips64el-unknown-linux-gnuabi64',
    uname: 'mips64',
    gnuTriplet: 'mips64el-linux-gnuabi64',
    aliases: ['mips64le', 'mips64el'],
  },
  {
    platform: 'linux/loong64',
    oci: { architecture: 'loong64' },
    elf: { machine: 0x102, bits: 64, endianness: 'little' },
    qemuTarget: 'loongarch64',
    fastCpus: [],
    debian: 'loong64',
    go: 'loong64',
    rust: 'loongarch64-unknown-linux-gnu',
    uname: 'loongarch64',
    gnuTriplet: 'loongarch64-linux-gnu',
    aliases: ['loong64', 'loongarch64'],
  },
];

/** The facts of a platform. */
export function platformFacts(platform: Platform): PlatformFacts {
  const facts = PLATFORMS.find((candidate) => candidate.platform === platform);
  if (facts === undefined) throw new TypeError(`no facts for platform ${platform}`);
  return facts;
}

/** The platform that a spelling names, or `undefined`. */
export function findPlatform(text: string): Platform | undefined {
  const wanted = text.toLowerCase();
  return PLATFORMS.find((facts) => facts.platform === wanted || facts.aliases.includes(wanted))
    ?.platform;
}

/** The platform of a program, or `undefined` for a machine that the product does not know. */
export function platformOfElf({ machine, bits, endianness }: ElfIdentity): Platform | undefined {
  return PLATFORMS.find(
    ({ elf }) => elf.machine === machine && elf.bits === bits && elf.endianness === endianness,
  )?.platform;
}

/** 32-bit programs that a machine's own kernel and processor may run. */
const NARROWER: Readonly<Partial<Record<Platform, Platform>>> = {
  'linux/amd64': 'linux/386',
  'linux/arm64': 'linux/arm/v7',
};

/**
 * What a started program is for when it belongs on no machine of `platform`: a platform, or the number of a
 * machine that the product does not know. `undefined` for a program of that platform.
 */
export function foreignTo(platform: Platform, program: ElfIdentity): string | undefined {
  const { elf } = platformFacts(platform);
  // The number alone: x32, ILP32 and n32 are other classes of the same machine.
  if (program.machine === elf.machine && program.endianness === elf.endianness) return undefined;
  const actual = platformOfElf(program);
  if (actual === undefined) return `ELF machine ${String(program.machine)}`;
  return actual === NARROWER[platform] ? undefined : actual;
}

/** `linux/arm64` as people say it. */
export function shortPlatform(platform: string): string {
  return platform.replace(/^linux\//, '');
}

/**
 * Reads a platform as a user writes it (`linux/arm64`, `arm64`, `aarch64`, …).
 * @throws ArchParityError `PLATFORM_UNKNOWN` (exit 2)
 */
export function parsePlatform(text: string): Platform {
  const platform = findPlatform(text);
  if (platform !== undefined) return platform;
  const known = PLATFORMS.map((facts) => facts.platform).join(', ');
  throw usageError('PLATFORM_UNKNOWN', `Unknown platform "${text}".`, `Use one of ${known}.`);
}

/** The platform of the machine that runs this process, from Node's `process.arch`. */
export function hostPlatform(arch: string = process.arch): Platform {
  const names: Readonly<Record<string, Platform>> = {
    x64: 'linux/amd64',
    arm64: 'linux/arm64',
    arm: 'linux/arm/v7',
    ia32: 'linux/386',
    riscv64: 'linux/riscv64',
    ppc64: 'linux/ppc64le',
    s390x: 'linux/s390x',
    loong64: 'linux/loong64',
  };
  const platform = names[arch];
  if (platform === undefined) {
    throw usageError('PLATFORM_UNKNOWN', `This machine's architecture "${arch}" is not supported.`);
  }
  return platform;
}

/** The platform that is foreign to a host by default: arm64 on amd64 and the other way round. */
export function foreignPlatform(host: Platform): Platform {
  return host === 'linux/arm64' ? 'linux/amd64' : 'linux/arm64';
}

/**
 * Whether a machine of `host` runs programs of `platform` without emulation. 386 on amd64 is left to the
 * emulator: many kernels are built without it.
 */
export function runsNatively(host: Platform, platform: Platform): boolean {
  return host === platform;
}
