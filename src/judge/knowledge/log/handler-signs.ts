import { describeKnown } from './describe-known.ts';
import type { LogEntry } from './log-entry.ts';

/** Handlers of binfmt_misc that cannot be registered, or lack a flag. */
export const HANDLER_SIGNS: readonly LogEntry[] = [
  {
    ...describeKnown('binfmt-register-invalid'),
    why: 'The kernel answered the registration of a handler with "invalid argument": it is older than 4.8 (flag F), the entry is malformed, or another handler of the name is in the way.',
    now: [
      {
        text: 'Look at the handlers that are there, and at the kernel.',
        command: 'uname -r; ls /proc/sys/fs/binfmt_misc; archparity doctor',
      },
    ],
    signs: [
      {
        words: ['binfmt_misc/register'],
        line: `binfmt_misc/register\\S*:?.*(?:invalid argument|file exists)`,
        unless: `ls |cat `,
        confidence: 0.93,
      },
      {
        words: ['as binfmt interpreter'],
        line: `as binfmt interpreter for`,
        near: { line: `write error: (?:invalid argument|file exists)`, after: 3 },
        confidence: 0.85,
      },
    ],
    hides: ['exec-format-error'],
  },
  {
    ...describeKnown('binfmt-mount-refused'),
    why: 'Handlers are registered in binfmt_misc, which only root of the machine may mount and write: this ran rootless, in an unprivileged container, or the kernel module is missing.',
    now: [
      {
        on: 'gitlab',
        text: 'Let an administrator register the handlers on the runner, set privileged = true there, or use an arm64 runner.',
        command: 'docker run --privileged --rm tonistiigi/binfmt --install {arch}',
      },
      {
        text: 'Work with a private instance: no root is needed, Linux 6.7 or newer.',
        command: 'archparity run --platform linux/{arch} IMAGE',
      },
    ],
    signs: [
      {
        words: ['binfmt_misc'],
        line: `binfmt_misc\\S*:? .*(?:operation not permitted|permission denied|must be superuser|read-only file system|not permitted)`,
        confidence: 0.93,
      },
      {
        words: ['binfmt_misc'],
        line: `(?:binfmt_misc/register\\S*: .*no such file or directory|binfmt_misc['"]?:? (?:unknown filesystem type|no such device|not found in directory)|(?:module|unknown filesystem type) '?binfmt_misc'?(?: not found)?)`,
        unless: `qemu-\\S+" to `,
        confidence: 0.85,
      },
      {
        words: ['binfmt_misc'],
        line: `cannot register .*binfmt_misc/register.*no such file or directory`,
        confidence: 0.85,
      },
    ],
  },
  {
    ...describeKnown('setuid-lost'),
    properly:
      'Use handlers with the flag C everywhere (POCF), and no sudo in Dockerfiles: USER root does without.',
    why: 'Through a handler without the flag C the kernel takes the rights from QEMU and not from the program: sudo, su, ping and mount run without theirs.',
    now: [
      {
        on: 'github',
        text: 'Register the handlers with docker/setup-qemu-action: its flags have C.',
        command: '- uses: docker/setup-qemu-action@v3',
      },
      {
        text: 'Register the handlers anew with the flags POCF.',
        command:
          'docker run --privileged --rm tonistiigi/binfmt --uninstall qemu-{uname} && docker run --privileged --rm tonistiigi/binfmt --install {arch}',
      },
    ],
    signs: [
      {
        words: ['effective uid is not 0'],
        line: `effective uid is not 0, is \\S*sudo`,
        log: ['emulation'],
        confidence: 0.95,
      },
      {
        words: ['effective uid is not 0'],
        line: `effective uid is not 0, is \\S*sudo`,
        log: ['arm'],
        confidence: 0.85,
      },
      {
        words: ['effective uid is not 0'],
        line: `effective uid is not 0, is \\S*sudo`,
        confidence: 0.6,
      },
      {
        words: ['cannot set groups', 'ping: '],
        line: `^(?:su|sudo|runuser|sg|newgrp): cannot set groups: operation not permitted|^ping: .*operation not permitted`,
        log: ['emulation'],
        confidence: 0.75,
      },
      {
        words: ['must be setuid root', 'must be owned by uid 0'],
        line: `(?:sudo|su|mount): (?:must be setuid root|\\S+ must be owned by uid 0 and have the setuid bit set)`,
        log: ['emulation'],
        confidence: 0.75,
      },
    ],
  },
];
