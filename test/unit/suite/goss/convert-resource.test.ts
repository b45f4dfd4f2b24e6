import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../../../src/core/index.ts';
import {
  convertResource,
  expectFacts,
  factSubject,
  textOf,
} from '../../../../src/suite/goss/convert-resource.ts';
import { resourceOf } from './resource.ts';

type Attributes = Readonly<Record<string, FactValue>>;

const looksAt = (about: unknown) => ({
  command: { kind: 'inspect', what: 'facts', about },
  expect: { facts: [] },
});
const prints = (path: string, printedFacts: unknown) => ({
  command: { kind: 'run', argv: ['cat', path] },
  printedFacts,
  expect: { facts: [] },
});
const runs = (script: string, timeout: unknown) => ({
  command: { kind: 'shell', script },
  timeout,
  expect: { facts: [] },
});
const SCALED = { kind: 'scaled', nativeMs: 10_000 };
const SKIPPED = { skip: 'skip: true in the goss file' };

describe('convertResource', () => {
  it.each<readonly [string, Attributes, unknown]>([
    ['file', {}, looksAt({ resource: 'file', path: 'id' })],
    ['file', { path: '/a' }, looksAt({ resource: 'file', path: '/a' })],
    ['matching', { content: [1] }, looksAt({ resource: 'matching', content: [1] })],
    ['matching', {}, looksAt({ resource: 'matching', content: null })],
    ['package', {}, looksAt({ resource: 'package', name: 'id' })],
    ['package', { name: 'a' }, looksAt({ resource: 'package', name: 'a' })],
    ['user', {}, looksAt({ resource: 'user', name: 'id' })],
    ['user', { username: 'a' }, looksAt({ resource: 'user', name: 'a' })],
    ['group', {}, looksAt({ resource: 'group', name: 'id' })],
    ['group', { groupname: 'a' }, looksAt({ resource: 'group', name: 'a' })],
    ['group', { skip: true }, { ...looksAt({ resource: 'group', name: 'id' }), ...SKIPPED }],
    ['group', { skip: false }, looksAt({ resource: 'group', name: 'id' })],
    ['command', {}, runs('id', SCALED)],
    ['command', { exec: 'a\nb' }, runs('a\nb', SCALED)],
    ['command', { timeout: 0 }, runs('id', SCALED)],
    ['command', { timeout: -1 }, runs('id', SCALED)],
    ['command', { timeout: '5' }, runs('id', SCALED)],
    ['command', { timeout: null }, runs('id', SCALED)],
    ['command', { timeout: 1 }, runs('id', { kind: 'literal', ms: 1, byLane: {} })],
    ['kernel-param', {}, prints('/proc/sys/id', { format: 'value' })],
    ['kernel-param', { name: 'a.b.c' }, prints('/proc/sys/a/b/c', { format: 'value' })],
    [
      'mount',
      { usage: null },
      {
        ...prints('/proc/self/mountinfo', { format: 'mountinfo', mountpoint: 'id' }),
        compare: ['exit'],
      },
    ],
    [
      'mount',
      { mountpoint: '/a', usage: { lt: 90 }, skip: true },
      {
        ...prints('/proc/self/mountinfo', { format: 'mountinfo', mountpoint: '/a' }),
        ...{ compare: ['exit'], unsupported: 'how full a mount is says nothing of an image' },
        ...SKIPPED,
      },
    ],
    [
      'service',
      { running: true, skip: true },
      {
        command: { kind: 'inspect', what: 'facts' },
        expect: {},
        unsupported:
          "goss's service asks an init system, and containers have none: ask process or port",
        ...SKIPPED,
      },
    ],
  ])('%s %j', (kind, attributes, expected) => {
    expect(convertResource(resourceOf(kind, attributes))).toStrictEqual(expected);
  });

  it('expects what the attributes say', () => {
    expect(convertResource(resourceOf('group', { exists: true })).expect).toEqual({
      facts: [{ name: 'exists', matcher: true }],
    });
  });
});

describe('expectFacts', () => {
  it.each<readonly [string, Attributes, unknown[]]>([
    [
      'user',
      { uid: { gt: 1 }, exists: true, title: 'a' },
      [
        { name: 'exists', matcher: true },
        { name: 'uid', matcher: { gt: 1 } },
      ],
    ],
    ['user', { exists: null, home: '' }, [{ name: 'home', matcher: '' }]],
    [
      'file',
      { contains: ['a'], mode: '0644' },
      [
        { name: 'mode', matcher: '0644' },
        { name: 'contents', matcher: ['a'], isText: true },
      ],
    ],
    ['file', { contents: 'a' }, [{ name: 'contents', matcher: 'a', isText: true }]],
    [
      'command',
      { 'exit-status': 0, stdout: 'a', stderr: [] },
      [
        { name: 'exit-status', matcher: 0 },
        { name: 'stdout', matcher: 'a', isText: true },
        { name: 'stderr', matcher: [], isText: true },
      ],
    ],
    [
      'http',
      { status: 200, headers: ['a'], body: 'b' },
      [
        { name: 'status', matcher: 200 },
        { name: 'headers', matcher: ['a'], isText: true },
        { name: 'body', matcher: 'b', isText: true },
      ],
    ],
    [
      'matching',
      { matches: 'a', 'as-reader': true },
      [{ name: 'matches', matcher: 'a', isText: true }],
    ],
    ['matching', { matches: 'a', 'as-reader': false }, [{ name: 'matches', matcher: 'a' }]],
    ['none', { exists: true }, []],
  ])('%s %j', (kind, attributes, facts) => {
    expect(expectFacts({ kind, attributes })).toStrictEqual(facts);
  });
});

it('factSubject is a group where it is nothing else', () => {
  expect(factSubject('any', 'a', {})).toEqual({ resource: 'group', name: 'a' });
});

it.each([
  ['a', 'a'],
  ['', 'b'],
  [undefined, 'b'],
  [null, 'b'],
  [1, 'b'],
  [['a'], 'b'],
])('textOf %j is %j', (value, text) => {
  expect(textOf(value, 'b')).toBe(text);
});
