import { expect, it } from 'vitest';
import { parseStrace } from '../../../../src/judge/trace/parse-strace.ts';

const CALL = { pid: 12, kind: 'call' } as const;

it.each<readonly [string, Readonly<Record<string, unknown>>]>([
  ['12 a() = 0', { ...CALL, name: 'a', args: [], result: '0', text: 'a() = 0' }],
  [
    '12    a(1, [2, 3])   = 4',
    { ...CALL, name: 'a', args: ['1', '[2, 3]'], result: '4', text: 'a(1, [2, 3]) = 4' },
  ],
  [
    '12 a("x) = 1") = 2',
    { ...CALL, name: 'a', args: ['"x) = 1"'], result: '2', text: 'a("x) = 1") = 2' },
  ],
  [
    '12 a() = 0x2 (flags O_RDWR)',
    { ...CALL, name: 'a', args: [], result: '0x2', text: 'a() = 0x2 (flags O_RDWR)' },
  ],
  [
    '12 a() = -1 E2BIG (Too long)',
    {
      ...CALL,
      name: 'a',
      args: [],
      result: '-1',
      errno: 'E2BIG',
      text: 'a() = -1 E2BIG (Too long)',
    },
  ],
  [
    '12 a() = -1 (no name)',
    { ...CALL, name: 'a', args: [], result: '-1', text: 'a() = -1 (no name)' },
  ],
  ['12 a() = 5 E2BIG', { ...CALL, name: 'a', args: [], result: '5', text: 'a() = 5 E2BIG' }],
  ['12 a() = ?', { ...CALL, name: 'a', args: [], text: 'a() = ?' }],
  [
    '12 a() = ? ERESTARTSYS (To be restarted)',
    { ...CALL, name: 'a', args: [], text: 'a() = ? ERESTARTSYS (To be restarted)' },
  ],
  ['12 a(1, <unfinished ...>', { ...CALL, name: 'a', args: ['1', ''], text: 'a(1,' }],
  ['12 a( <unfinished ...>', { ...CALL, name: 'a', args: [], text: 'a(' }],
  [
    '12 --- SIGHUP {si_pid=2} ---',
    {
      pid: 12,
      kind: 'signal',
      name: 'SIGHUP',
      args: ['{si_pid=2}'],
      text: '--- SIGHUP {si_pid=2} ---',
    },
  ],
])('%s', (line, event) => {
  expect(parseStrace(line)).toStrictEqual([event]);
});

it.each([
  ...['a() = 0', ' 12 a() = 0', 'x12 a() = 0', '12a() = 0', '12', '12 '],
  ...['12 a(', '12 a()', '12 a()= 0', '12 a() =0', '12 a = 0', '12 () = 0', '12 a-b() = 0'],
  ...[
    '12 --- SIGHUP ---',
    '12 --- HUP {} ---',
    '12 -- SIGHUP {} ---',
    '12 +++ killed by SIGHUP +++',
  ],
  ...['12 <... a resumed>) = 0', '12 a(1 <unfinished ...> x', '12 a(1 <unfinished>'],
])('%j is no event', (line) => {
  expect(parseStrace(line)).toEqual([]);
});

it.each<readonly [string, readonly string[], readonly string[]]>([
  [
    'by process',
    [
      '1 a(1, <unfinished ...>',
      '2 b(2 <unfinished ...>',
      '1 <... a resumed>5) = 1',
      '2 <... b resumed>) = 2',
    ],
    ['1 a(1, 5) = 1', '2 b(2) = 2'],
  ],
  [
    'where they began',
    ['1 a( <unfinished ...>', '2 b() = 2', '2 c() = 3', '1 <... a resumed>)   = 1'],
    ['1 a() = 1', '2 b() = 2', '2 c() = 3'],
  ],
  [
    'not where the rest cannot be read',
    ['1 a(1, <unfinished ...>', '1 <... a resumed>and so on', '1 b() = 1'],
    ['1 a(1,', '1 b() = 1'],
  ],
  [
    'not with what was resumed elsewhere',
    ['1 a(1, <unfinished ...>', '2 <... a resumed>2) = 1'],
    ['1 a(1,'],
  ],
  [
    'with a signal in between',
    ['1 a( <unfinished ...>', '1 --- SIGHUP {} ---', '1 <... a resumed>) = 1'],
    ['1 a() = 1', '1 --- SIGHUP {} ---'],
  ],
])('puts interrupted calls together %s', (_name, lines, texts) => {
  const events = parseStrace(lines.join('\n'));
  expect(events.map(({ pid, text }) => `${String(pid)} ${text}`)).toEqual(texts);
});
