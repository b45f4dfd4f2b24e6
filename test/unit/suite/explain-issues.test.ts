import { describe, expect, it } from 'vitest';
import { listMistakes, suiteWithCase, SUITE_HEAD } from './list-mistakes.ts';

// Each text and all that is said about it: these lines are what a user reads first.
const BAD_SUITES: readonly (readonly [string, readonly string[]])[] = [
  ['5', ['1:1 the suite must be a mapping, not 5']],
  ['- a', ['1:1 the suite must be a mapping, not a list']],
  ['"x"', ['1:1 the suite must be a mapping, not "x"']],
  [
    'name: s\nsubject: {image: x}\ncases: [{name: a}]',
    ['1:1 "version" is missing (write version: 1)'],
  ],
  [
    'version: 2\nname: s\nsubject: {image: x}\ncases: [{name: a}]',
    ['1:10 "version" is 2, but this archparity reads version 1 (update archparity)'],
  ],
  [
    'version: "1"\nname: s\nsubject: {image: x}\ncases: [{name: a}]',
    ['1:10 "version" must be 1, not "1"'],
  ],
  ['version: 1\nname: s\nsubject: {image: x}', ['1:1 "cases" is missing (it must be a list)']],
  ['version: 1\nname: s\nsubject: {image: x}\ncases: []', ['4:8 "cases" needs at least one case']],
  [
    'version: 1\nname: s\nsubject: {image: x}\ncases:',
    ['4:1 "cases" has no value; it must be a list (write a value or remove the key)'],
  ],
  [
    'version: 1\nname: s\ncases: [{name: a}]',
    [
      '1:1 the suite has no "subject" (write subject: {image: REFERENCE} or use --image or --binary)',
    ],
  ],
  [
    'version: 1\nname: s\nsubject: app\ncases: [{name: a}]',
    ['3:10 "subject" must be a subject (a mapping), not "app"'],
  ],
  [
    'version: 1\nname: s\nsubject: {image: x}\ncases: {a: 1}',
    ['4:8 "cases" must be a list, not a mapping'],
  ],
  [SUITE_HEAD + 'lanes: []\ncases: [{name: a}]', ['4:8 "lanes" needs at least one lane']],
  [
    SUITE_HEAD + 'image: x\ncases: [{name: a}]',
    ['4:1 unknown key "image" in the suite ("image" belongs under "subject")'],
  ],
  [SUITE_HEAD + 'bench: []\ncases: [{name: a}]', ['4:8 "bench" needs at least one benchmark']],
  [
    SUITE_HEAD + '<<: {a: 1}\ncases: [{name: a}]',
    [
      '4:1 unknown key "<<" in the suite (YAML merge keys are not supported; write what the cases share under "defaults")',
    ],
  ],
  [
    SUITE_HEAD + 'bench: [{run: [x], metrics: [wal]}]\ncases: [{name: a}]',
    [
      '4:9 "name" is missing (write name: and a few words)',
      '4:30 "metrics[0]" must be one of wall, user, sys, memory, instructions, not "wal" (did you mean "wall"?)',
    ],
  ],
  [
    SUITE_HEAD + 'cases: [5, [x], null]',
    [
      '4:9 "cases[0]" must be a case (a mapping), not 5',
      '4:12 "cases[1]" must be a case (a mapping), not a list',
      '4:17 "cases[2]" has no value; it must be a case (a mapping) (write a value or remove the key)',
    ],
  ],
  [
    SUITE_HEAD + 'cases: [{name: a/b}]',
    [
      '4:16 "name" cannot contain "/", which separates suite and case in an id: "a/b" (write "a-b")',
    ],
  ],
  [SUITE_HEAD + 'cases: [{name: ""}]', ['4:16 "name" cannot be empty']],
  [
    SUITE_HEAD + 'cases: [{name: " a"}]',
    ['4:16 "name" cannot begin or end with a space: " a" (write "a")'],
  ],
  [
    SUITE_HEAD + 'cases: [{name: 5}]',
    ['4:16 "name" must be the name of a case, not 5 (write it in quotes: "5")'],
  ],
  [
    SUITE_HEAD + 'cases: [{name: "a\\nb"}]',
    ['4:16 "name" cannot contain line breaks or control characters: "a\\nb"'],
  ],
];

const BAD_CASES: readonly (readonly [string, readonly string[]])[] = [
  ['run: ""', ['6:10 "run" cannot be empty']],
  ['run: []', ['6:10 "run" needs at least one word: the program']],
  [
    'run: {a: 1}',
    ['6:10 "run" must be a command: a list of words, or text for "sh -c", not a mapping'],
  ],
  ['run: [1.10]', ['6:11 "run[0]" must be text, not 1.10 (write it in quotes: "1.10")']],
  ['run: ["a\\0b"]', ['6:11 "run[0]" cannot contain a NUL character: "a\\u0000b"']],
  ['args: x', ['6:11 "args" must be a list, not "x" (write it as a list: [x])']],
  ['tags: 5', ['6:11 "tags" must be a list, not 5']],
  [
    'env: {A: 1, B: true, "C=D": x, E: null}',
    [
      '6:14 "A" must be text, not 1 (write it in quotes: "1")',
      '6:20 "B" must be text, not true (write it in quotes: "true")',
      '6:26 "C=D" is no name of an environment variable: "C=D"',
      '6:39 "E" has no value; it must be text (write a value or remove the key)',
    ],
  ],
  [
    'env: [A=1]',
    ['6:10 "env" must be a mapping from variables to texts, not a list (write {NAME: "value"})'],
  ],
  ['stdin: 5', ['6:12 "stdin" must be text, not 5 (write it in quotes: "5")']],
  ['stdinFile: ""', ['6:16 "stdinFile" cannot be empty']],
  [
    'setup: [mkdir, /x]',
    [
      '6:13 "setup[0]" must be a command (a list of words), not "mkdir" (write each command as a list of its own: [[mkdir, -p, /out]])',
      '6:20 "setup[1]" must be a command (a list of words), not "/x" (write each command as a list of its own: [[mkdir, -p, /out]])',
    ],
  ],
  [
    'setup: mkdir',
    [
      '6:12 "setup" must be a list of commands, not "mkdir" (write each command as a list of its own: [[mkdir, -p, /out]])',
    ],
  ],
  [
    'teardown: [[]]',
    [
      '6:16 "teardown[0]" needs at least one word: the program (write each command as a list of its own: [[mkdir, -p, /out]])',
    ],
  ],
  [
    'timeout: 10',
    ['6:14 "timeout" must be a duration such as 10s, not 10 (a duration needs a unit: write 10s)'],
  ],
  [
    'timeout: 10 seconds',
    ['6:14 "timeout" must be a duration such as 10s, not "10 seconds" (write 10s)'],
  ],
  ['timeout: 1m30s', ['6:14 "timeout" must be a duration such as 10s, not "1m30s" (write 90s)']],
  ['timeout: 0s', ['6:14 "timeout" must be longer than nothing, not "0s"']],
  ['timeout: 1000h', ['6:14 "timeout" must be shorter than 24 days, not "1000h"']],
  [
    'timeout: soon',
    ['6:14 "timeout" must be a duration such as 10s, not "soon" (the units are ms, s, m and h)'],
  ],
  ['timeout: -1s', ['6:14 "timeout" cannot be negative, but is "-1s"']],
  [
    'timeout: {default: 10}',
    ['6:24 "default" must be a duration such as 10s, not 10 (a duration needs a unit: write 10s)'],
  ],
  [
    'timeout: [10s]',
    ['6:14 "timeout" must be a duration such as 10s, or {default: 10s, emulated: 60s}, not a list'],
  ],
  ['retries: 1.5', ['6:14 "retries" must be a number of retries from 0 to 100, not 1.5']],
  ['retries: two', ['6:14 "retries" must be a number of retries from 0 to 100, not "two"']],
  ['retries: 101', ['6:14 "retries" must be a number of retries from 0 to 100, not 101']],
  [
    'limits: {memory: 64Q}',
    [
      '6:22 "memory" must be a size such as 256M, not "64Q" (the units are B, K, M, G and T (1K = 1024 bytes))',
    ],
  ],
  [
    'limits: {memory: 64}',
    [
      '6:22 "memory" must be a size such as 256M, not 64 (a size needs a unit: write 64B for bytes or 64M for mebibytes)',
    ],
  ],
  [
    'limits: {memory: "64"}',
    [
      '6:22 "memory" must be a size such as 256M, not "64" (a size needs a unit: write 64B for bytes or 64M for mebibytes)',
    ],
  ],
  [
    'limits: {memory: 64MiB, output: 0K, pids: 0}',
    [
      '6:22 "memory" must be a size such as 256M, not "64MiB" (write 64M)',
      '6:37 "output" must be more than nothing, not "0K"',
      '6:47 "pids" must be a number of processes from 1 to 4194304, not 0',
    ],
  ],
  [
    'limits: {output: 65M}',
    [
      '6:22 "output" must be at most 64M, not "65M" (have the case write more to a file, and compare that: compare: [files])',
    ],
  ],
  [
    'limits: {output: 1T, memory: 1G}',
    [
      '6:22 "output" must be at most 64M, not "1T" (have the case write more to a file, and compare that: compare: [files])',
    ],
  ],
  [
    'limits: {mem: 1M, cpu: 1}',
    [
      '6:14 unknown key "mem" in limits (did you mean "memory"?)',
      '6:23 unknown key "cpu" in limits (the keys here are pids, memory, output)',
    ],
  ],
  ['when: {}', ['6:11 "when" says nothing (write platform or lane)']],
  [
    'when: {platform: arm65}',
    ['6:22 "platform" is an unknown platform: "arm65" (did you mean "linux/arm64"?)'],
  ],
  [
    'when: {platform: [amd64, z80]}',
    [
      '6:30 "platform[1]" is an unknown platform: "z80" (the platforms are linux/arm64, linux/arm/v7, linux/amd64, linux/386, linux/riscv64, linux/ppc64le, linux/s390x, linux/mips64le, linux/loong64)',
    ],
  ],
  ['when: {lane: []}', ['6:18 "lane" needs at least one lane']],
  ['when: linux/arm64', ['6:11 "when" must be a condition (a mapping), not "linux/arm64"']],
  ['expect: {exit: 300}', ['6:20 "exit" must be an exit code from 0 to 255, not 300']],
  ['expect: {exit: -1}', ['6:20 "exit" must be an exit code from 0 to 255, not -1']],
  [
    'expect: {exit: "0"}',
    ['6:20 "exit" must be an exit code from 0 to 255, not "0" (write it without quotes: 0)'],
  ],
  [
    'expect: {signal: SEGV}',
    ['6:22 "signal" must be a signal such as SIGSEGV, not "SEGV" (did you mean SIGSEGV?)'],
  ],
  [
    'expect: {signal: 11}',
    ['6:22 "signal" must be a signal such as SIGSEGV, not 11 (did you mean SIGSEGV?)'],
  ],
  [
    'expect: {signal: "11"}',
    ['6:22 "signal" must be a signal such as SIGSEGV, not "11" (did you mean SIGSEGV?)'],
  ],
  [
    'expect: {signal: SIGFOOBAR}',
    [
      '6:22 "signal" must be a signal such as SIGSEGV, not "SIGFOOBAR" (the signals are SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGSTKFLT, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGWINCH, SIGIO, SIGPWR, SIGSYS)',
    ],
  ],
  [
    'expect: {exitCode: 1}',
    ['6:14 unknown key "exitCode" in an expectation (did you mean "exit"?)'],
  ],
  [
    'expect: {stdout: hello}',
    [
      '6:22 "stdout" must be an expectation on text, not "hello" (write {equals: "hello"} or {contains: "hello"})',
    ],
  ],
  [
    'expect: {stdout: {}}',
    ['6:22 "stdout" says nothing (write one of contains, equals, matches and not)'],
  ],
  [
    'expect: {stdout: {contains: a, equals: b}}',
    [
      '6:22 "stdout" can have one of contains, equals, matches and not, but has contains and equals (write a list: [{contains: …}, {equals: …}])',
    ],
  ],
  [
    'expect: {stdout: {matches: "a(?=b)"}}',
    [
      '6:32 "matches" is no RE2 regular expression: "a(?=b)" has an invalid or unsupported Perl syntax: `(?=` (RE2 has no look-ahead and no look-behind)',
    ],
  ],
  [
    'expect: {stdout: {matches: "("}}',
    [
      '6:32 "matches" is no RE2 regular expression: "(" has a missing closing ): `(` (write \\( and \\) for the characters themselves)',
    ],
  ],
  [
    'expect: {stdout: {matches: "(a)\\\\1"}}',
    [
      '6:32 "matches" is no RE2 regular expression: "(a)\\\\1" has an invalid escape sequence: `\\1` (RE2 has no back-references)',
    ],
  ],
  [
    'expect: {stdout: {matches: "**"}}',
    [
      '6:32 "matches" is no RE2 regular expression: "**" has a missing argument to repetition operator: `*`',
    ],
  ],
  [
    'expect: {stdout: {not: {not: {contain: x}}}}',
    ['6:35 unknown key "contain" in an expectation on text (did you mean "contains"?)'],
  ],
  [
    'expect: {stdout: [{contains: 5}]}',
    ['6:34 "contains" must be text, not 5 (write it in quotes: "5")'],
  ],
  [
    'expect: {files: [{path: /x, mode: 0644}]}',
    [
      '6:39 "mode" must be an octal mode in quotes such as "0644", not 0644 (write it in quotes: "0644")',
    ],
  ],
  [
    'expect: {files: [{mode: "0999", type: dir}]}',
    [
      '6:22 "path" is missing (it must be the path of a file)',
      '6:29 "mode" must be an octal mode in quotes such as "0644", not "0999" (three or four digits from 0 to 7)',
      '6:43 "type" must be one of file, directory, symlink, not "dir" (did you mean "directory"?)',
    ],
  ],
  [
    'expect: {files: {/x: {}}}',
    ['6:21 "files" must be a list, not a mapping (write [{path: /out/x, exists: true}])'],
  ],
  [
    'compare: stdout',
    ['6:14 "compare" must be a list, not "stdout" (write it as a list: [stdout])'],
  ],
  [
    'compare: [stdoud]',
    [
      '6:15 "compare[0]" must be one of exit, stdout, stderr, files, responses, not "stdoud" (did you mean "stdout"?)',
    ],
  ],
  [
    'normalize: [tiem]',
    [
      '6:17 "normalize[0]" must be one of arch, paths, time, pid, address or {replace: …, with: …}, not "tiem" (did you mean "time"?)',
    ],
  ],
  ['normalize: [{replace: x}]', ['6:17 "with" is missing (it must be text)']],
  ['normalize: arch', ['6:16 "normalize" must be a list, not "arch" (write it as a list: [arch])']],
  ['files: []', ['6:12 "files" needs at least one glob']],
  ['files: /out', ['6:12 "files" must be a list, not "/out" (write it as a list: [/out])']],
  [
    'known: {cause: x, reason: ""}',
    [
      '6:20 "cause" must be one of architecture, emulator, environment, undecided, not "x"',
      '6:31 "reason" cannot be empty',
    ],
  ],
  [
    'known: {cause: emulater}',
    [
      '6:12 "reason" is missing (say in a sentence why this is accepted)',
      '6:20 "cause" must be one of architecture, emulator, environment, undecided, not "emulater" (did you mean "emulator"?)',
    ],
  ],
  [
    'known: {cause: emulator, reason: r, until: 2027-02-30, at: stdin}',
    [
      '6:48 "until" must be a day such as 2027-06-30, not "2027-02-30" (the calendar has no such day)',
      '6:64 "at" must be a place such as stdout or files:/out/x, not "stdin" (begin with one of exit, stdout, stderr, files, responses)',
    ],
  ],
  [
    'known: {cause: emulator, reason: r, until: tomorrow}',
    ['6:48 "until" must be a day such as 2027-06-30, not "tomorrow" (write year-month-day)'],
  ],
  ['known: []', ['6:12 "known" needs at least one entry']],
  [
    'known: yes',
    ['6:12 "known" must be a known divergence (a mapping) or a list of them, not "yes"'],
  ],
  ['pid1: inti', ['6:11 "pid1" must be one of init, subject, not "inti" (did you mean "init"?)']],
  ['network: bridge', ['6:14 "network" must be one of none, host, not "bridge"']],
  ['user: 1.5', ['6:11 "user" must be a user: name, uid or uid:gid, not 1.5']],
  ['user: -1', ['6:11 "user" must be a user id from 0 to 4294967294, not -1']],
  [
    'workdir: srv',
    ['6:14 "workdir" must be an absolute path in the subject, not "srv" (write "/srv")'],
  ],
  ['workdir: ""', ['6:14 "workdir" must be an absolute path in the subject, not "" (write /)']],
  ['tiemout: 1s', ['6:5 unknown key "tiemout" in a case (did you mean "timeout"?)']],
  ['stdin_file: x', ['6:5 unknown key "stdin_file" in a case (did you mean "stdinFile"?)']],
  ['cwd: /x', ['6:5 unknown key "cwd" in a case (did you mean "workdir"?)']],
  [
    'stdout: {contains: x}',
    ['6:5 unknown key "stdout" in a case ("stdout" belongs under "expect")'],
  ],
  [
    'frobnicate: 1',
    [
      '6:5 unknown key "frobnicate" in a case (the keys here are name, tags, run, args, inspect, stdin, stdinFile, fixtures, setup, teardown, timeout, env, user, workdir, network, retries, limits, compare, normalize, pid1, mayKeepRunning, when, expect, files, known, service, with)',
    ],
  ],
  ['name2: x', ['6:5 unknown key "name2" in a case (did you mean "name"?)']],
  [
    'expect: {files: [{path: /x, exists: "yes"}]}',
    ['6:41 "exists" must be true or false, not "yes"'],
  ],
  [
    'with: {db: {image: x, ready: {prot: 5432}}}',
    ['6:35 unknown key "prot" in a readiness check (did you mean "port"?)'],
  ],
  [
    'service: {ready: {http: {port: 99999}}, requests: [{http: {path: health}}, {tcp: {}}], stop: {signal: TERM}}',
    [
      '6:36 "port" must be a port from 1 to 65535, not 99999',
      '6:70 "path" must begin with "/", not "health" (write /health)',
      '6:86 "port" is missing (it must be a port from 1 to 65535)',
      '6:107 "signal" must be a signal such as SIGSEGV, not "TERM" (did you mean SIGTERM?)',
    ],
  ],
  [
    'stdin: x\nexpect:',
    [
      '7:5 "expect" has no value; it must be an expectation (a mapping) (write a value or remove the key)',
    ],
  ],
  [
    'limits: {pids: many}',
    ['6:20 "pids" must be a number of processes from 1 to 4194304, not "many"'],
  ],
];

describe('explainIssues', () => {
  it.each(BAD_SUITES)('explains %j', (text, expected) => {
    expect(listMistakes(text)).toEqual(expected);
  });

  it.each(BAD_CASES)('explains a case with %j', (keys, expected) => {
    expect(listMistakes(suiteWithCase(keys))).toEqual(expected);
  });
});
