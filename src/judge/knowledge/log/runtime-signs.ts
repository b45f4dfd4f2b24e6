import { CRASHED, CRASH_WORDS, NEWER_QEMU, WITH_VM } from './crashed-lines.ts';
import { describeKnown } from './describe-known.ts';
import type { LogEntry } from './log-entry.ts';

/** Languages whose compilers and runtimes trip over emulation. */
export const RUNTIME_SIGNS: readonly LogEntry[] = [
  {
    ...describeKnown('jvm-crash'),
    id: 'jvm-sve',
    title: 'Java crashes at its start on an Apple M4: it misreads the length of SVE vectors',
    cause: 'environment',
    advice: 'Update Java (17.0.15, 21.0.7, 24 and newer) and Docker Desktop (4.39 and newer).',
    source: 'https://bugs.openjdk.org/browse/JDK-8345296',
    why: 'The virtual machine of Docker Desktop forbids prctl(PR_SVE_GET_VL), and older versions of Java take the error for a length.',
    now: [
      {
        text: 'Switch SVE off for Java.',
        command: 'docker run -e JAVA_TOOL_OPTIONS=-XX:UseSVE=0 IMAGE',
      },
    ],
    signs: [
      {
        words: ['registernatives'],
        line: `^#\\s*j +java\\.lang\\.System\\.registerNatives`,
        near: { line: `SIGILL`, before: 8 },
        confidence: 0.96,
      },
    ],
    hides: ['jvm-crash', 'cpu-lacks-instruction'],
  },
  {
    ...describeKnown('jvm-crash'),
    why: 'The compiler and the signal handlers of the JVM ask more of an emulator than QEMU gives; what crashes there mostly works on a real CPU.',
    now: WITH_VM,
    signs: [
      {
        words: ['detected by the java runtime'],
        line: `fatal error has been detected by the Java Runtime Environment`,
        log: ['emulation'],
        confidence: 0.92,
      },
      {
        words: ['detected by the java runtime'],
        line: `fatal error has been detected by the Java Runtime Environment`,
        log: ['arm'],
        confidence: 0.6,
      },
      {
        words: CRASH_WORDS,
        line: CRASHED,
        near: {
          line: `\\b(?:java|javac|mvn|mvnw|gradlew?|openjdk|keytool|sbt)\\b|ca-certificates-java`,
          before: 12,
          after: 4,
        },
        log: ['emulation'],
        confidence: 0.82,
      },
    ],
    hides: ['qemu-crash-signal'],
  },
  {
    ...describeKnown('dotnet-crash'),
    why: 'The .NET runtime does not support qemu-user: its garbage collector and JIT crash or hang in restore, build and publish.',
    now: [
      {
        text: 'Let the SDK run on the platform of the builder and publish for the target.',
        command:
          'FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:8.0 AS build\nARG TARGETARCH\nRUN dotnet publish -a $TARGETARCH -o /app',
      },
    ],
    signs: [
      {
        words: [...CRASH_WORDS, 'aborted'],
        line: CRASHED,
        near: {
          line: `\\bdotnet (?:restore|build|publish|test|tool|run|msbuild)|\\bdotnet\\b.*\\.dll|Determining projects to restore|coreclr|System\\.Private\\.CoreLib|MSBuild version`,
          before: 15,
          after: 5,
        },
        log: ['emulation'],
        confidence: 0.95,
      },
      {
        words: [...CRASH_WORDS, 'aborted'],
        line: CRASHED,
        near: {
          line: `\\bdotnet (?:restore|build|publish|test|tool|run|msbuild)|Determining projects to restore`,
          before: 15,
          after: 5,
        },
        log: ['arm'],
        confidence: 0.85,
      },
      {
        words: ['maximum execution time', 'execution took longer'],
        line: `exceeded the maximum execution time|execution took longer than`,
        near: {
          line: `\\bdotnet (?:restore|build|publish|test)|Determining projects to restore`,
          before: 6,
        },
        log: ['emulation'],
        confidence: 0.85,
      },
      {
        words: ['msb4018', 'msb4014', 'coreclr', 'gc heap initialization'],
        line: `(?:error MSB40(?:18|14)|failed to (?:create|initialize) CoreCLR|GC heap initialization failed)`,
        log: ['emulation'],
        confidence: 0.8,
      },
      {
        words: ['msb4184'],
        line: `error MSB4184: .*cannot be evaluated\\. Exception has been thrown by the target of an invocation`,
        log: ['emulation'],
        confidence: 0.8,
      },
      {
        // Calls through reflection, which this runtime compiles when it needs them, lose their arguments.
        words: ['invokestub_'],
        line: `error MSB40(?:18|14):\\s+at InvokeStub_\\w+\\.`,
        confidence: 0.7,
      },
    ],
    hides: ['qemu-crash-signal', 'cpu-lacks-instruction'],
  },
  {
    ...describeKnown('go-lfstack'),
    why: 'The Go runtime packs pointers of 48 bits into words and reads them back as amd64 does; an emulator on an arm64 host gives it addresses that this loses.',
    now: [
      {
        text: 'Use the arm64 build of that program.',
        command: 'docker run --platform linux/arm64 IMAGE',
      },
    ],
    signs: [
      {
        words: ['lfstack.push'],
        line: `runtime: lfstack\\.push invalid packing|fatal error: lfstack\\.push`,
        confidence: 0.97,
      },
    ],
    hides: ['go-preemption', 'qemu-crash-signal'],
  },
  {
    ...describeKnown('go-preemption'),
    title: 'The Go toolchain or a Go program crashed under emulation',
    why: 'The Go scheduler interrupts goroutines by signals, which QEMU does not deliver as exactly as a kernel; the compiler itself crashes or hangs.',
    now: [
      {
        text: 'Compile on the platform of the builder for the target; Go needs no emulation for it.',
        command:
          'FROM --platform=$BUILDPLATFORM golang AS build\nARG TARGETOS TARGETARCH\nRUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /app .',
      },
    ],
    signs: [
      {
        words: ['fatal error:', 'unexpected signal during runtime', 'unexpected return pc'],
        line: `fatal error: (?:unexpected signal|found bad pointer|bad g |bad sweepgen|morestack|schedule: holding locks|malloc deadlock|exitsyscall|runtime: )|unexpected signal during runtime execution|runtime: unexpected return pc`,
        log: ['emulation'],
        confidence: 0.93,
      },
      {
        words: ['fatal error:', 'unexpected signal during runtime', 'unexpected return pc'],
        line: `fatal error: (?:unexpected signal|found bad pointer|bad g |bad sweepgen|morestack|schedule: holding locks|malloc deadlock|exitsyscall|runtime: )|unexpected signal during runtime execution|runtime: unexpected return pc`,
        log: ['arm'],
        confidence: 0.6,
      },
      {
        words: CRASH_WORDS,
        line: CRASHED,
        near: {
          line: `\\bgo (?:build|install|test|mod|get|vet|generate|run)\\b|/pkg/tool/linux_\\w+/|\\bgo: downloading|^go: |\\bcmd/compile\\b|goroutine \\d+ \\[`,
          before: 12,
          after: 6,
        },
        log: ['emulation'],
        confidence: 0.92,
      },
      {
        words: ['signal: '],
        line: `/pkg/tool/linux_\\w+/\\w+: signal: (?:segmentation fault|illegal instruction|aborted)`,
        confidence: 0.8,
      },
      {
        words: ['failed to create new os thread'],
        line: `runtime: failed to create new OS thread \\(have \\d+ already; errno=(?:22|38)\\)`,
        confidence: 0.85,
      },
    ],
    hides: ['qemu-crash-signal'],
  },
  {
    ...describeKnown('node-illegal-instruction'),
    properly:
      'Run npm on $BUILDPLATFORM and copy its result, or build on an arm64 runner; put a time limit on emulated steps, for they hang.',
    why: 'V8 compiles code for the CPU that it believes to have; under QEMU it meets instructions that are not there. The step then often hangs until the time is up.',
    now: [
      {
        text: 'Let npm run on the platform of the builder, and copy what it makes into the target.',
        command: 'FROM --platform=$BUILDPLATFORM node:22 AS build\nRUN npm ci && npm run build',
      },
      ...NEWER_QEMU,
    ],
    signs: [
      {
        words: CRASH_WORDS,
        line: CRASHED,
        near: {
          line: `\\b(?:npm|npx|yarn|pnpm|node-gyp|corepack|vite|webpack|next build|ng build)\\b|\\bnode(?:\\.js)? |node_modules|\\bnodejs\\b`,
          before: 15,
          after: 6,
        },
        log: ['emulation'],
        confidence: 0.93,
      },
      {
        words: ['uncaught target signal 4'],
        line: `qemu: uncaught target signal 4\\b`,
        confidence: 0.85,
      },
    ],
    hides: ['qemu-crash-signal', 'cpu-lacks-instruction'],
  },
  {
    id: 'cargo-index-memory',
    title: 'cargo used up the memory while it read the index of crates, under emulation',
    cause: 'emulator',
    advice:
      'Use cargo 1.70 or newer, which reads the index sparsely, and cross-compile Rust (cargo zigbuild, cross).',
    source: 'https://github.com/rust-lang/cargo/issues/10781',
    why: 'libgit2 maps the whole index of crates.io; emulated that takes gigabytes and hours.',
    now: [
      {
        text: 'Let cargo fetch the index sparsely, or with git.',
        command: 'ENV CARGO_REGISTRIES_CRATES_IO_PROTOCOL=sparse CARGO_NET_GIT_FETCH_WITH_CLI=true',
      },
    ],
    signs: [
      {
        words: ['killed', 'exit code: 137', 'sigkill'],
        line: `^killed$|exit code: 137|SIGKILL`,
        near: { line: `Updating (?:\`?crates\\.io|crates\\.io-index).*index`, before: 6, after: 6 },
        log: ['arm'],
        confidence: 0.92,
      },
    ],
    hides: ['emulated-out-of-memory'],
  },
  {
    id: 'rust-crash',
    title: 'rustc or cargo crashed under emulation',
    cause: 'emulator',
    advice:
      'Compile on the platform of the builder: cargo build --target with a linker for the target, cross or cargo zigbuild.',
    source: 'https://github.com/cross-rs/cross/issues/1705',
    why: 'rustc with LLVM is large and multi-threaded; builds of QEMU crash it that are otherwise fine.',
    now: [
      {
        text: 'Compile for the target without emulation.',
        command: 'cargo zigbuild --release --target aarch64-unknown-linux-gnu',
      },
      ...NEWER_QEMU,
    ],
    signs: [
      {
        words: CRASH_WORDS,
        line: CRASHED,
        near: {
          line: `\\bcargo (?:build|install|test|run|fetch|chef)|\\brustc\\b|\\brustup\\b|^\\s*Compiling \\S+ v\\d|could not compile`,
          before: 12,
          after: 6,
        },
        log: ['emulation'],
        confidence: 0.92,
      },
    ],
    hides: ['qemu-crash-signal'],
  },
];
