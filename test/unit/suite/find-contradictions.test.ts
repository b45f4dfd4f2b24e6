import { describe, expect, it } from 'vitest';
import { listMistakes, suiteWithCase, SUITE_HEAD } from './list-mistakes.ts';

const CONTRADICTIONS: readonly (readonly [string, readonly string[]])[] = [
  [
    suiteWithCase(
      'service: {start: {run: x, args: []}, ready: {port: 1, log: x}, requests: [{name: a}, {http: {path: /}, run: x}, {tcp: {port: 1}, expect: {exit: 0}}, {run: x, expect: {files: [{path: /a}]}}]}',
    ),
    [
      '6:31 "args" cannot be there together with "run" (remove one of them; the other is in line 6)',
      '6:59 "log" cannot be there together with "port" (remove one of them; the other is in line 6)',
      '6:79 "requests[0]" asks nothing (write one of http, tcp, run)',
      '6:108 "run" cannot be there together with "http" (remove one of them; the other is in line 6)',
      '6:134 "expect" is for "run" (write it inside "http" or "tcp")',
      '6:172 "files" can be expected of the case only, not of one of its commands (move it to the "expect" of the case)',
    ],
  ],
  [
    suiteWithCase('service: {requests: [{http: {path: /, ignore: [time, $.time, "$["]}}]}'),
    [
      '6:33 "http" names no port, and neither does "ready" (write port: 8080)',
      '6:52 "ignore[0]" is no JSON path: "time" (write $.time, $.items[0].id, $.items[*].id or $..id)',
      '6:66 "ignore[2]" is no JSON path: "$[" (write $.time, $.items[0].id, $.items[*].id or $..id)',
    ],
  ],
  [
    suiteWithCase('service: {ready: {within: 3s}}\nstdin: x\npid1: subject\nmayKeepRunning: true'),
    [
      '6:22 "ready" does not say when it is ready (write one of http, port, log, run)',
      '7:5 "stdin" has no meaning for a service (remove it)',
      '8:11 "pid1" is not possible with a service: requests come through the init beside it (remove it)',
      '9:5 "mayKeepRunning" has no meaning for a service (remove it)',
    ],
  ],
  [
    suiteWithCase(
      'run: x\ncompare: [responses]\nwith: {service: {image: x}, A_b: {image: "a b", ready: {port: 1, run: x}}}',
    ),
    [
      '7:14 "compare" names responses, but the case has no "service"',
      '8:12 "service" is the name of the service itself or its host',
      '8:33 "A_b" is no host name: "A_b" (a name is lower-case letters, digits, "-" and ".")',
      '8:46 "image" cannot contain spaces: "a b"',
      '8:70 "run" cannot be there together with "port" (remove one of them; the other is in line 8)',
    ],
  ],
  [
    suiteWithCase(
      'run: x\nwith: {localhost: {image: x}, a.b-c: {image: x}, -a: {image: x}, a-: {image: x}, a..b: {image: x}, a.-b: {image: x}}',
    ),
    [
      '7:12 "localhost" is the name of the service itself or its host',
      ...['7:54 "-a"', '7:70 "a-"', '7:86 "a..b"', '7:104 "a.-b"'].map(
        (place) =>
          `${place} is no host name: ${place.slice(place.indexOf('"'))} (a name is lower-case letters, digits, "-" and ".")`,
      ),
    ],
  ],
  [
    suiteWithCase(
      'service: {ready: {http: {port: 1}}, requests: [{http: {path: /}}, {tcp: {port: 1}, expect: {exit: 0}}]}',
    ),
    ['6:88 "expect" is for "run" (write it inside "http" or "tcp")'],
  ],
  [
    suiteWithCase(
      'service: {ready: {log: x}, requests: [{http: {path: /}}, {http: {port: 1, path: /}}]}',
    ),
    ['6:50 "http" names no port, and neither does "ready" (write port: 8080)'],
  ],
  [
    suiteWithCase(
      'inspect: files\nexpect: {config: {user: a}, platform: {arm64: {config: {user: b}}}}',
    ),
    [
      '7:14 "config" is for cases that inspect the config (write inspect: config, in a case of its own)',
      '7:52 "config" is for cases that inspect the config (write inspect: config, in a case of its own)',
    ],
  ],
  [
    suiteWithCase('expect: {files: [{path: /x, exists: false, mode: "644", uid: 0, content: []}]}'),
    ['mode', 'uid', 'content'].map(
      (key, index) =>
        `6:${['48', '61', '69'][index] ?? ''} "${key}" cannot be expected of a file that must not exist (remove it, or "exists: false")`,
    ),
  ],
  [
    'version: 1\nname: s\nsubject: {image: x, binary: {arm64: /bin/true, linux/arm64: /bin/true}}\ncases: [{name: a}]',
    [
      '3:21 "binary" cannot be there together with "image" (remove one of them; the other is in line 3)',
      '3:48 "linux/arm64" repeats the platform "linux/arm64" (the other is in line 3)',
    ],
  ],
  [
    suiteWithCase('normalize: [time, time]\nfixtures: [/etc/passwd, /etc/passwd]'),
    [
      '6:23 "normalize[1]" repeats "time" (the other is in line 6)',
      '7:29 "fixtures[1]" repeats a fixture named "passwd" (the other is in line 7)',
    ],
  ],
  [
    'version: 1\nname: s\nsubject: {}\ncases: [{name: a}]',
    [
      '3:10 "subject" says nothing (write image: REFERENCE, or binary: {linux/amd64: PATH, linux/arm64: PATH})',
    ],
  ],
  [
    'version: 1\nname: s\nsubject: {binary: {}}\ncases: [{name: a}]',
    ['3:19 "binary" needs at least one platform (write {linux/amd64: PATH, linux/arm64: PATH})'],
  ],
  [
    SUITE_HEAD + 'lanes: [native, a=vm, a=emulated]\ncases: [{name: a}]',
    ['4:23 "lanes[2]" repeats the lane name "a" (the other is in line 4)'],
  ],
  [
    SUITE_HEAD + 'secrets: [A=B, A, A]\ncases: [{name: a}]',
    [
      '4:11 "secrets[0]" is no name of an environment variable: "A=B"',
      '4:19 "secrets[2]" repeats the variable "A" (the other is in line 4)',
    ],
  ],
  [
    SUITE_HEAD + 'command: x\ncases: [{name: a}, {name: a}]',
    [
      '4:1 unknown key "command" in the suite (the keys here are version, name, subject, lanes, secrets, defaults, cases, bench)',
      '5:27 "name" repeats the case name "a" (the other is in line 5)',
    ],
  ],
  [
    SUITE_HEAD + 'defaults: {tags: [x], compare: [exit, exit]}\ncases: [{name: a}]',
    [
      '4:12 unknown key "tags" in defaults (the keys here are timeout, env, user, workdir, network, retries, limits, compare, normalize, pid1)',
      '4:39 "compare[1]" repeats "exit" (the other is in line 4)',
    ],
  ],
  [
    suiteWithCase('inspect: files\nrun: x\nstdin: y'),
    [
      '7:5 "run" cannot be there together with "inspect" (remove one of them; the other is in line 6)',
      '8:5 "stdin" has no meaning for "inspect", which starts nothing (remove it)',
    ],
  ],
  [
    suiteWithCase('inspect: everything'),
    ['6:14 "inspect" must be one of programs, files, paths, config, licenses, not "everything"'],
  ],
  [
    suiteWithCase('inspect: paths\nexpect: {stdout: {equals: x}}'),
    ['6:14 "inspect" needs the paths to look at (write expect: {files: [{path: /etc/app.conf}]})'],
  ],
  [
    suiteWithCase('run: x\nexpect: {config: {user: app}}'),
    [
      '7:14 "config" is for cases that inspect the config (write inspect: config, in a case of its own)',
    ],
  ],
  [
    suiteWithCase('mayKeepRunning: false'),
    ['6:21 "mayKeepRunning" must be true, or be left out, not false'],
  ],
  [
    'version: 1\nname: s\nsubject: {binary: {linux/amd64: /bin/true}}\ncases: [{name: a, inspect: files}]',
    [
      '4:19 "inspect" needs an image, but the subject of this suite is a binary (remove the case, or write subject: {image: REFERENCE})',
    ],
  ],
  [
    suiteWithCase('run: x\nargs: [y]'),
    ['7:5 "args" cannot be there together with "run" (remove one of them; the other is in line 6)'],
  ],
  [
    suiteWithCase('service: {}\nrun: x'),
    [
      '7:5 "run" cannot be there together with "service" (remove one of them; the other is in line 6)',
    ],
  ],
  [
    suiteWithCase('tags: [a b, c, c]'),
    [
      '6:12 "tags[0]" is no tag: "a b" (a tag is letters, digits and any of . _ : @ + - without spaces)',
      '6:20 "tags[2]" repeats the tag "c" (the other is in line 6)',
    ],
  ],
  [
    suiteWithCase('timeout: {emulated: 10s}'),
    [
      '6:14 "default" is missing (write {default: 10s, …}; it holds on every lane that is not named)',
    ],
  ],
  [
    suiteWithCase('timeout: {default: 10s, emulatd: 60s, vm2: 1s}'),
    ['6:29 unknown lane "emulatd" in a timeout (did you mean "emulated"?)'],
  ],
  [
    suiteWithCase('expect: {exit: 0, signal: SIGSEGV}'),
    [
      '6:23 "signal" cannot be there together with "exit" (remove one of them; the other is in line 6)',
    ],
  ],
  [
    suiteWithCase('expect: {platform: {arm64: {exit: 1}, linux/arm64: {exit: 1, signal: SIGHUP}}}'),
    [
      '6:43 "linux/arm64" repeats the platform "linux/arm64" (the other is in line 6)',
      '6:66 "signal" cannot be there together with "exit" (remove one of them; the other is in line 6)',
    ],
  ],
  [
    suiteWithCase('expect: {files: [{path: /x, exists: false, type: file}]}'),
    [
      '6:48 "type" cannot be expected of a file that must not exist (remove it, or "exists: false")',
    ],
  ],
  [
    suiteWithCase('compare: [exit, exit]'),
    ['6:21 "compare[1]" repeats "exit" (the other is in line 6)'],
  ],
  [suiteWithCase('when: {platform: []}'), ['6:22 "platform" needs at least one platform']],
];

describe('findContradictions', () => {
  it.each(CONTRADICTIONS)('finds those of %j', (text, expected) => {
    expect(listMistakes(text)).toEqual(expected);
  });
});
