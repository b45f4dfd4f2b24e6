import type { LogEntry } from './log-entry.ts';

/** What the package managers of languages say when there is nothing for this architecture. */
export const PACKAGE_SIGNS: readonly LogEntry[] = [
  {
    id: 'python-wheel-missing',
    title: 'A Python package has no wheel for this architecture',
    cause: 'environment',
    advice:
      'Choose a version that has wheels for aarch64 (and musllinux on Alpine), or build wheels once on arm64 and keep them in an index of your own.',
    source: 'https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/',
    why: 'pip found only wheels of other platforms, or built the package from its source, for which compilers, headers or patience were missing.',
    now: [
      {
        text: 'See which wheels there are for the target.',
        command:
          'pip download --no-deps --only-binary=:all: --platform manylinux_2_28_aarch64 PACKAGE',
      },
    ],
    signs: [
      {
        words: [
          'no wheels with a matching platform',
          'no wheel for the current platform',
          "doesn't have a source distribution or wheel",
        ],
        line: `no wheels with a matching platform tag|(?:can't be installed because it|because it) doesn't have a source distribution or wheel for the current platform`,
        confidence: 0.93,
      },
      {
        words: ['is not a supported wheel'],
        line: `(?:x86_64|amd64|aarch64|arm64|armv\\w+|i686)\\S*\\.whl is not a supported wheel on this platform`,
        confidence: 0.95,
      },
      {
        words: ['no matching distribution found'],
        line: `error: no matching distribution found for`,
        log: ['arm'],
        confidence: 0.78,
      },
      {
        words: [
          'failed building wheel',
          'failed to build installable wheels',
          'could not build wheels',
          'failed to build',
        ],
        line: `error: (?:failed building wheel for|failed to build installable wheels|could not build wheels for)|^error: failed-wheel-build`,
        log: ['arm'],
        confidence: 0.8,
      },
    ],
  },
  {
    id: 'node-native-package',
    title:
      'A native package of Node.js was installed for another platform, or has none for this one',
    cause: 'environment',
    advice:
      'Install in the image of the target (no node_modules copied from the host: .dockerignore), with optional dependencies, and with a lock file that names all platforms.',
    source: 'https://docs.npmjs.com/cli/v10/using-npm/config#cpu',
    why: 'Packages with native code bring one binary for each platform. The one that is there, or that the lock file names, is of another platform.',
    now: [
      {
        text: 'Install the packages anew for the target.',
        command: 'rm -rf node_modules && npm ci --include=optional --os=linux --cpu={npm}',
      },
    ],
    signs: [
      {
        words: ['unsupported platform for'],
        line: `unsupported platform for \\S+: wanted .*"(?:cpu|arch)":.*\\((?:current|actual):`,
        confidence: 0.95,
      },
      {
        words: ['ebadplatform'],
        line: `code EBADPLATFORM`,
        near: { line: `(?:actual|valid) (?:cpu|arch): +(?:x64|arm64|arm|ia32)`, after: 10 },
        confidence: 0.9,
      },
      {
        words: ['could not load the "sharp"', "could not load the 'sharp'"],
        line: `could not load the ['"]sharp['"] module using the linux`,
        confidence: 0.95,
      },
      {
        words: ['for another platform', 'for a different platform'],
        line: `installed esbuild (?:for another|on another) platform|installed for (?:another|a different) platform`,
        confidence: 0.95,
      },
      {
        words: ['cannot find module', 'could not be found', 'could not resolve'],
        line: `cannot find (?:module|package) ['"]\\S*(?:linux-(?:arm64|x64|arm)|linuxmusl-(?:arm64|x64)|aarch64)(?:-\\w+)*\\S*['"]|package ['"]?@esbuild/linux-(?:arm64|x64)['"]? could not be found`,
        confidence: 0.93,
      },
      {
        words: ['.node'],
        line: `\\.node: (?:invalid ELF header|wrong ELF class|cannot open shared object file: no such file|file too short)`,
        confidence: 0.9,
      },
      {
        words: ['.node'],
        line: `(?:dlopen|error).*\\.node['"]?,? .*(?:incompatible architecture|have ['"]?(?:x86_64|arm64)['"]?, need)`,
        confidence: 0.9,
      },
      {
        words: ['no prebuilt binaries found', 'no prebuild', 'prebuild-install'],
        line: `no (?:prebuilt binaries|prebuilds?|native build was) found.*(?:arch=(?:arm64|arm)|arm64|linux)`,
        log: ['arm'],
        confidence: 0.75,
      },
      {
        words: ['node-pre-gyp', 'failed to load swc binary', 'failed to load native binding'],
        line: `node-pre-gyp (?:err!|error|warn) .*(?:404|tried to download).*|failed to load SWC binary for linux/|failed to load native binding`,
        log: ['arm'],
        confidence: 0.8,
      },
      {
        words: ['is not available for arm64', 'binary is not available'],
        line: `(?:chromium|chrome|browser|cypress)\\b.*not (?:available|supported) (?:for|on) (?:linux[- ])?arm64`,
        confidence: 0.93,
      },
    ],
    hides: ['no-release-for-architecture'],
  },
  {
    id: 'java-native-library',
    title: 'A Java library brings no native code for this architecture',
    cause: 'environment',
    advice:
      'Use a version of the library with linux-aarch_64 natives (netty, snappy, rocksdb, protoc 3.12 and newer, JNA 5.5 and newer).',
    source: 'https://github.com/trustin/os-maven-plugin',
    why: 'The jar holds a library for amd64 only, or Maven has no artefact with the classifier of this platform.',
    now: [{ text: 'Look what the jar brings.', command: "unzip -l LIBRARY.jar | grep -E '\\.so'" }],
    signs: [
      {
        words: [
          "can't load amd 64",
          "can't load aarch64",
          "can't load ia 32",
          "can't load arm",
          "can't load this .so",
        ],
        line: `possible cause: can't load (?:AMD 64|AARCH64|ARM|IA 32|this) ?\\S* \\.?so|can't load (?:AMD 64|AARCH64|IA 32|ARM)\\S* \\.so on a`,
        confidence: 0.97,
      },
      {
        words: ['linux-aarch_64', 'linux-aarch64', 'linux_aarch64', 'aarch_64 in java'],
        line: `(?:could not (?:find|resolve|transfer)|unable to find|missing|cannot resolve|failed to (?:find|collect|load)|no native library|unsatisfiedlinkerror|noclassdeffounderror|not found).*linux[-_]aarch_?64|linux[-_]aarch_?64.*(?:was not found|could not be resolved)|unsupported platform: \\S*linux[-_]aarch_?64|no \\S+aarch_?64 in java\\.library\\.path`,
        confidence: 0.92,
      },
      {
        words: ['unsatisfiedlinkerror'],
        line: `unsatisfiedlinkerror.*(?:aarch64|arm64|/linux/)`,
        confidence: 0.88,
      },
    ],
    hides: ['no-release-for-architecture'],
  },
];
