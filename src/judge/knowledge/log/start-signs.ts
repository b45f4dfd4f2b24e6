import { describeKnown } from './describe-known.ts';
import type { LogEntry, Remedy } from './log-entry.ts';

/** How to get handlers for the foreign architecture, for whoever builds or runs there. */
const REGISTER_QEMU: readonly Remedy[] = [
  {
    on: 'kubernetes',
    text: 'Look which platforms the image has; run it on nodes of one of them (nodeSelector kubernetes.io/arch), or push one for this node.',
    command: 'archparity inspect docker://IMAGE',
  },
  {
    on: 'github',
    text: 'Register QEMU in a step before the build, or let the job run on an arm64 runner (runs-on: ubuntu-24.04-arm).',
    command: '- uses: docker/setup-qemu-action@v3',
  },
  {
    on: 'gitlab',
    text: 'Register QEMU in before_script (the runner must be privileged), or give the job an arm64 runner.',
    command: 'docker run --privileged --rm tonistiigi/binfmt --install {arch}',
  },
  {
    on: 'apple',
    text: 'Start the program from an image of its own architecture, or name the platform.',
    command: 'docker run --platform linux/amd64 IMAGE',
  },
  {
    text: 'Register QEMU for {arch} on this machine; if it is registered, the file is of another architecture than the image says.',
    install: 'binfmt-handlers',
  },
];

/** What may follow: quotes, a code, how runc and containerd end a chain of errors. */
const END = `['"\`.)\\]}\\\\n]*(?::? unknown)?(?:, .*| \\(os error 8\\)| ?\\(.{0,40}\\)|: ['"].*|: exit .*|: leaving .*)?['"\`.)\\]}\\\\n]*(?: ?,? ?"?\\w+["=:].*)?$`;

/** Programs and loaders of another architecture, and programs that do not start for want of one. */
export const START_SIGNS: readonly LogEntry[] = [
  {
    ...describeKnown('appimage'),
    why: 'An AppImage carries the bytes AI\\x02 in its ELF header; the masks of the usual handlers compare those bytes with zero.',
    now: [
      {
        text: 'Extract the AppImage and start what is in it.',
        command: 'unsquashfs -o $(./App.AppImage --appimage-offset) App.AppImage',
      },
    ],
    signs: [
      {
        words: ['.appimage'],
        line: `\\.AppImage\\S*:? .*exec format error`,
        confidence: 0.95,
      },
    ],
    hides: ['exec-format-error'],
  },
  {
    ...describeKnown('self-exec'),
    why: 'The program starts itself through /proc/self/exe; without a binfmt handler the kernel meets a file that it cannot execute.',
    now: [
      { text: 'Start it through a handler, e.g. in a lane.', command: 'archparity run ./PROGRAM' },
    ],
    signs: [
      {
        words: ['/proc/self/exe'],
        line: `/proc/self/exe['"]?:? .*(?:exec format error|no such file or directory)`,
        log: ['emulation'],
        confidence: 0.85,
      },
      {
        words: ['/proc/self/exe'],
        line: `/proc/self/exe['"]?:? .*(?:exec format error|no such file or directory)`,
        log: ['arm'],
        confidence: 0.7,
      },
    ],
    hides: ['exec-format-error'],
  },
  {
    id: 'amd64-program',
    title: 'A program for amd64 was started in an arm64 image or on an arm64 machine',
    cause: 'architecture',
    advice:
      'Download or build that program for $TARGETARCH; archparity inspect names every program of another architecture in an image.',
    source: 'https://github.com/docker/buildx/issues/1169',
    why: 'An emulator for x86-64 was asked to run the program, and the x86-64 loader that the program names is not in the image: the image is of another architecture.',
    now: [
      {
        text: 'Find the program of the wrong architecture.',
        command: 'archparity inspect docker-daemon:IMAGE',
      },
    ],
    signs: [
      {
        words: ['rosetta error'],
        line: `rosetta error: failed to open elf at /\\S*ld-(?:linux-x86-64|musl-x86_64)`,
        confidence: 0.97,
      },
      {
        words: ['could not open'],
        line: `could not open '/lib(?:64|32)?/ld-(?:linux-x86-64|musl-x86_64)\\.so`,
        confidence: 0.97,
      },
      {
        words: ['bad elf interpreter', 'ld-linux-x86-64'],
        line: `/lib64/ld-linux-x86-64\\.so\\.2:? (?:bad ELF interpreter|no such file or directory|cannot open)`,
        confidence: 0.9,
      },
      {
        words: ['interpreter', 'required file'],
        line: `(?:x86[-_]64|amd64)\\S*: cannot execute: required file not found|ELF interpreter \\S*x86-64\\S* not found`,
        confidence: 0.85,
      },
    ],
    hides: ['loader-missing'],
  },
  {
    ...describeKnown('loader-missing'),
    why: 'The file exists, but the loader that it names does not: the image has another C library (musl, glibc), another architecture, or the handler was registered without F and its QEMU is not in the container.',
    now: [
      {
        text: 'See which loader the program names and whether the image has it.',
        command: 'archparity inspect docker-daemon:IMAGE',
      },
    ],
    signs: [
      {
        words: ['could not open'],
        line: `(?:qemu|emulator)\\S*: could not open '/(?:usr/)?lib\\S*?/?ld[-.]\\S*'`,
        confidence: 0.95,
      },
      {
        words: ['ld-linux-aarch64', 'ld-musl-aarch64', 'ld-linux-armhf'],
        line: `ld-(?:linux-aarch64|musl-aarch64|linux-armhf)\\.so\\.\\d: (?:bad (?:ELF )?interpreter|no such file)`,
        confidence: 0.9,
      },
      {
        words: ['could not open'],
        line: `could not open '/lib\\S*?ld-(?:linux|musl)\\S*': no such file`,
        confidence: 0.9,
      },
      {
        words: ['cannot execute: required file'],
        line: `: cannot execute: required file not found`,
        log: ['arm'],
        confidence: 0.75,
      },
      {
        words: ['no such file or directory'],
        line: `^(?:exec (?:container process )?['"\`]?/(?:usr/|bin/|lib)?\\S*['"\`]?: no such file or directory|standard_init_linux\\.go:\\d+: exec user process caused:? "?no such file or directory"?)$`,
        log: ['arm', 'emulation'],
        confidence: 0.6,
      },
      {
        words: ['no such file or directory'],
        line: `^(?:exec (?:container process )?['"\`]?/(?:usr/|bin/|lib)?\\S*['"\`]?: no such file or directory|standard_init_linux\\.go:\\d+: exec user process caused:? "?no such file or directory"?)$`,
        unless: `\\.sh\\b`,
        confidence: 0.5,
      },
      {
        words: ['failed to run command'],
        line: `chroot: failed to run command ['"‘]\\S+['"’]: no such file or directory`,
        log: ['emulation'],
        confidence: 0.75,
      },
      {
        words: ['failed to run command'],
        line: `chroot: failed to run command ['"‘]/\\S+['"’]: no such file or directory`,
        near: { line: `\\bELF \\d+-bit .*\\bARM\\b`, after: 10 },
        confidence: 0.75,
      },
    ],
  },
  {
    ...describeKnown('exec-format-error'),
    properly:
      'Run what a build runs on $BUILDPLATFORM and cross-compile, ship an image for every platform, and let archparity inspect find programs of another architecture in it.',
    why: 'The kernel was given a program of an architecture that it cannot execute: no QEMU is registered for it here, or an image or download of the wrong platform was taken.',
    now: REGISTER_QEMU,
    signs: [
      {
        words: ['invalid elf image for this architecture'],
        line: `(?:qemu|emulator|rosetta)\\S*: .*invalid ELF image for this architecture`,
        confidence: 0.95,
      },
      {
        words: ['exec user process caused'],
        line: `exec user process caused:? ["']?exec format error`,
        confidence: 0.97,
      },
      {
        words: ['format error'],
        line: `(?:cannot execute binary file|(?:^|[\\s"'(])exec(?:ve|v)? (?:container process )?\\S+|fork/exec \\S+|\\[errno 8\\]|error=8,|failed to (?:execute|exec|run|start)\\b.*|command ['"‘].*|executing \\S+.*|execution of .*|exec: .*|exec .* failed|posix_spawn\\S*.*|spawn(?:ing)? \\S+.*|runc?:? .*|shim\\S*.*|^\\S*sh(?:\\[\\d+\\])?: .*|line \\d+: .*|^\\S*(?:env|chroot|xargs|nice|time|timeout|sudo|nohup|make)(?:\\[\\d+\\])?: .*|trying to start process .*|could not (?:start|execute|run) .*|unable to (?:start|execute|run|exec|spawn) .*|cannot (?:run|execute|start) .*|process .*|oserror.*|error:? .*)[:'"‘’,.]* *\\]?["'(]*exec format error${END}`,
        confidence: 0.95,
      },
      {
        words: ['format error'],
        line: `^(?:\\S+: )?exec format error: \\S+$|^\\S*/\\S*: exec format error$`,
        confidence: 0.9,
      },
      {
        words: ['format error'],
        line: `\\b(?:exec(?:ute|ve|ution|uting|utable)?|spawn|message|ENOEXEC)\\b.*[:(] ?["']?exec format error\\b`,
        confidence: 0.9,
      },
      {
        words: ['format error'],
        line: `ENOEXEC: exec format error`,
        confidence: 0.9,
      },
      {
        words: ['format error'],
        line: `: exec format error['"]?(?:: unknown)?$`,
        confidence: 0.8,
      },
      {
        words: ['enoexec', 'os error 8', 'system error -8'],
        line: `spawn\\S* (?:\\S+ )?ENOEXEC|(?:failed|could not|error).*\\(os error 8\\)|unknown system error -8|errno: -8`,
        confidence: 0.9,
      },
      {
        words: ['cannot execute binary file'],
        line: `: cannot execute binary file$`,
        confidence: 0.85,
      },
      {
        // debootstrap, of the first program that it starts in its new root.
        words: ['unable to execute target architecture'],
        confidence: 0.93,
      },
      {
        // The classic builder of docker says no more.
        words: ['exec format error'],
        line: `^exec format error$`,
        near: { line: `^ *---> Running in [0-9a-f]{12}$`, before: 2 },
        confidence: 0.9,
      },
      {
        // A shell that takes a program for a script, as POSIX has it after ENOEXEC.
        words: ['syntax error'],
        line: `^(?:\\S+: )?/?(?:\\S+/)?[^\\s.]+: (?:line )?\\d+: (?:\\S+: )?syntax error: (?:["']\\)["'] unexpected|["']\\(["'] unexpected|word unexpected|unterminated quoted string|end of file unexpected)`,
        log: ['arm'],
        confidence: 0.75,
      },
    ],
  },
];
