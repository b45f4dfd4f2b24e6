import type { LogEntry } from './log-entry.ts';

const ARM = `(?:linux|musl|android)?[-_/ ]?(?:arm64|aarch64|armv[67]l?|aarch_64|armhf)`;

/** Distribution packages, libraries and downloads of another architecture, or of none. */
export const DOWNLOAD_SIGNS: readonly LogEntry[] = [
  {
    id: 'apt-archive-without-arm64',
    title: 'The package archive of this source list has nothing for this architecture',
    cause: 'environment',
    advice:
      'Ubuntu keeps arm64 on ports.ubuntu.com: restrict archive.ubuntu.com and security.ubuntu.com to amd64 ([arch=amd64], Architectures: amd64) and add ports for arm64.',
    source: 'https://github.com/actions/runner-images/issues/10901',
    why: 'archive.ubuntu.com and security.ubuntu.com hold amd64 and i386 only; many third-party archives hold amd64 only.',
    now: [
      {
        text: 'Restrict the old sources to amd64, and add ports.ubuntu.com.',
        command:
          'sudo sed -i \'/^Types/a Architectures: amd64\' /etc/apt/sources.list.d/ubuntu.sources && echo "deb [arch=arm64] http://ports.ubuntu.com/ubuntu-ports $(. /etc/os-release; echo $VERSION_CODENAME) main universe" | sudo tee /etc/apt/sources.list.d/arm64.list',
      },
    ],
    signs: [
      {
        words: ['binary-arm64', 'binary-armhf', 'binary-aarch64'],
        line: `(?:failed to fetch|err:?|404).*binary-(?:arm64|armhf)/packages.*(?:404|not found)`,
        confidence: 0.96,
      },
      {
        words: ['not found'],
        line: `^\\s*404 +not found`,
        near: { line: `^err(?::\\d+)? .* (?:arm64|armhf) packages`, before: 2 },
        confidence: 0.93,
      },
      {
        words: ["doesn't support architecture", 'does not support architecture'],
        line: `repository .*(?:doesn't|does not) support architecture ['"‘]?(?:arm64|armhf|amd64)`,
        confidence: 0.6,
      },
    ],
  },
  {
    id: 'package-architecture',
    title: 'A distribution package of another architecture was installed',
    cause: 'environment',
    advice:
      'Choose the file by the architecture of the target: dpkg --print-architecture, $TARGETARCH.',
    source: 'https://docs.docker.com/build/building/variables/#multi-platform-build-arguments',
    why: 'The script downloads a package whose name has an architecture in it that is not that of the image.',
    now: [
      {
        text: 'Take the name from the target.',
        command:
          'ARG TARGETARCH\nRUN curl -fLO https://HOST/PACKAGE_${TARGETARCH}.deb && dpkg -i PACKAGE_${TARGETARCH}.deb',
      },
    ],
    signs: [
      {
        words: ['does not match system'],
        line: `package architecture \\([\\w-]+\\) does not match system \\([\\w-]+\\)`,
        confidence: 0.98,
      },
      {
        words: ['intended for a different architecture', 'intended for a different'],
        line: `package \\S+ is intended for a different (?:architecture|operating system)`,
        confidence: 0.96,
      },
      {
        words: [
          'wrong architecture',
          'does not have a compatible architecture',
          'incompatible arch',
        ],
        line: `(?:package|nothing provides|\\.rpm|\\.deb|\\.apk|\\.pkg\\S*)\\b.*(?:wrong architecture ['"‘]?(?:amd64|arm64)|does not have a compatible architecture|incompatible arch)|package architecture is not valid`,
        confidence: 0.92,
      },
      {
        words: ['unable to locate package', 'has no installation candidate'],
        line: `e: (?:unable to locate package \\S+:(?:arm64|armhf|amd64)|package ['"‘]?\\S+:(?:arm64|armhf|amd64)['"’]? has no installation candidate)`,
        confidence: 0.9,
      },
    ],
  },
  {
    id: 'wrong-architecture-library',
    title: 'A shared library of another architecture was loaded',
    cause: 'environment',
    advice:
      'Install the library in the image of the target instead of copying it from the host or from a stage of another platform.',
    source: 'https://man7.org/linux/man-pages/man8/ld.so.8.html',
    why: 'The loader found a file of the name, but it was built for another class or machine.',
    now: [
      {
        text: 'See which programs and libraries do not fit the image.',
        command: 'archparity inspect docker-daemon:IMAGE',
      },
    ],
    signs: [
      {
        words: ['wrong elf class', 'invalid elf header', 'elf file machine'],
        line: `\\.so(?:\\.\\d+)*['"]?: (?:wrong ELF class: ELFCLASS(?:32|64)|invalid ELF header|ELF file machine)|ELF file (?:OS ABI|machine) (?:invalid|mismatch)`,
        unless: `ignored`,
        confidence: 0.88,
      },
      {
        words: ['x86_64-linux-gnu.so', 'x86_64-linux-musl.so'],
        line: `\\.cpython-\\d+-x86_64-linux-(?:gnu|musl)\\.so['"]?: cannot open shared object file`,
        log: ['arm'],
        confidence: 0.8,
      },
      {
        words: ['incompatible architecture'],
        line: `mach-o.*incompatible architecture \\(have ['"]?(?:arm64|x86_64)`,
        confidence: 0.9,
      },
      {
        words: ['error loading shared library ld-linux', 'error relocating'],
        line: `error loading shared library ld-linux-(?:x86-64|aarch64)\\.so\\.\\d`,
        confidence: 0.85,
      },
    ],
  },
  {
    id: 'no-release-for-architecture',
    title: 'An installer or download has nothing for this architecture',
    cause: 'environment',
    advice:
      'Map the names in the script (uname -m says aarch64, Docker and Go say arm64), and choose a version that is released for it.',
    source: 'https://docs.docker.com/build/building/variables/#multi-platform-build-arguments',
    why: 'The script builds the name of a file from the architecture, and the project has no such file or does not know the name.',
    now: [
      {
        text: 'See under which name the project releases it, and whether it does.',
        command: 'uname -m; dpkg --print-architecture',
      },
    ],
    signs: [
      {
        words: [
          'unsupported',
          'not supported',
          'not a supported',
          'unknown arch',
          'unrecognized arch',
          'no release',
          'no binary',
          'unsupport',
        ],
        line: `(?:(?:unsupported|unknown|unrecognized|unrecognised|invalid|unsupport) (?:cpu |machine |system |host |os |target |linux )?(?:arch(?:itecture)?|platform|cpu|machine|processor)(?: type)?\\b\\W{0,4}(?:is |was )?\\W{0,3}${ARM}\\b|\\b(?:architecture|platform|arch|cpu) ['"‘\`(]?${ARM}['"’\`)]? (?:is )?(?:not supported|unsupported|is unsupported)|\\b${ARM}\\b['"’\`]? (?:is not|isn't) (?:currently |yet )?(?:a )?supported|\\bnot supported on (?:linux )?${ARM}$|no (?:release|binary|binaries|build|prebuilt \\S+|download) (?:is |are )?(?:available |found )?for (?:linux[-_/ ])?${ARM}\\b)`,
        confidence: 0.86,
      },
      {
        words: ['404'],
        line: `(?:curl: \\(22\\)|error:?|err!|wget: server returned error:).*\\b404\\b`,
        near: { line: `https?://\\S*(?:arm64|aarch64|armv\\d|armhf)\\S*`, before: 5, after: 3 },
        confidence: 0.72,
      },
      {
        words: ['404'],
        line: `https?://\\S*(?:arm64|aarch64|armv\\d|armhf)\\S*.*\\b(?:404|not found)\\b|\\b404\\b.*https?://\\S*(?:[-_.]arm64|aarch64|armv\\d|armhf)`,
        unless: `binary-arm|http fetch GET|HEAD https`,
        confidence: 0.75,
      },
    ],
  },
];
