import { describe, expect, it } from 'vitest';
import { expectFacts } from '../../../../src/suite/goss/convert-resource.ts';
import { resourceSchema } from '../../../../src/suite/goss/goss-schema.ts';
import { RESOURCES, RUNNING_RESOURCES } from '../../../../src/suite/goss/resources.ts';

/** Of each kind its matched attributes, `!` behind one that must be there and `*` behind text; then the others. */
const WORDS = {
  command: ['exit-status! stdout* stderr*', 'exec timeout'],
  file: [
    'exists! mode size owner group uid gid filetype linked-to contents* contains* md5 sha256 sha512',
    'path',
  ],
  package: ['installed! versions', 'name'],
  user: ['exists! uid gid groups home shell', 'username'],
  group: ['exists! gid', 'groupname'],
  mount: ['exists! opts vfs-opts source filesystem', 'mountpoint timeout usage'],
  'kernel-param': ['value!', 'name'],
  matching: ['matches!', 'content as-reader'],
  process: ['running!', 'comm'],
  port: ['listening! ip', 'port'],
  http: [
    'status! headers* body*',
    'url method timeout allow-insecure no-follow-redirects proxy request-headers request-body username password ca-file cert-file key-file',
  ],
  addr: ['reachable!', 'address local-address timeout'],
  dns: ['resolvable! addrs', 'resolve server timeout'],
  interface: ['exists! addrs mtu', 'name'],
  service: ['enabled running runlevels', 'name'],
} as const;

const VALUES: Readonly<Record<string, unknown>> = {
  ...{ timeout: 1, meta: { a: [1] }, skip: false, usage: { lt: 1 }, content: [{ a: null }] },
  ...{ 'as-reader': true, 'allow-insecure': true, 'no-follow-redirects': false },
  'request-headers': ['A: b'],
};

const namesOf = (words: string): string[] =>
  words.split(' ').map((word) => word.replace(/[!*]$/, ''));
const markedOf = (words: string, mark: string): string[] =>
  namesOf(
    words
      .split(' ')
      .filter((word) => word.endsWith(mark))
      .join(' '),
  ).filter(Boolean);

function problemsOf(kind: string, value: unknown, isPart = false): string[] {
  const { error } = resourceSchema(kind, { isPart }).safeParse(value);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('resources', () => {
  it('are those of goss', () => {
    expect(Object.keys(RESOURCES).toSorted()).toEqual(Object.keys(WORDS).toSorted());
    expect(Object.keys(RUNNING_RESOURCES)).toEqual([
      'process',
      'port',
      'http',
      'addr',
      'dns',
      'interface',
    ]);
  });

  it.each(Object.entries(WORDS))('%s has its attributes', (kind, [matched, settings]) => {
    const names = namesOf(matched);
    const others = ['title', 'meta', 'skip', ...settings.split(' ')];
    const all = Object.fromEntries([
      ...names.map((name) => [name, 'a'] as const),
      ...others.map((name) => [name, VALUES[name] ?? 'a'] as const),
    ]);
    expect(RESOURCES[kind]?.texts).toEqual(markedOf(matched, '*'));
    expect(resourceSchema(kind).parse(all)).toEqual(all);
    expect(resourceSchema(kind, { isPart: true }).parse({})).toEqual({});
    expect(problemsOf(kind, {}).map((problem) => problem.split(':')[0])).toEqual(
      markedOf(matched, '!'),
    );
    expect(problemsOf(kind, { ...all, none: 1 })).toEqual([
      `: a ${kind} of goss\n${[...names, ...others].join(',')}`,
    ]);
    const facts = expectFacts({
      kind,
      attributes: Object.fromEntries(names.map((name) => [name, 'a'])),
    });
    expect(facts.map(({ name }) => name)).toEqual(
      names.map((name) => (name === 'contains' ? 'contents' : name)),
    );
  });
});

describe('resourceSchema', () => {
  it.each([
    ['user', { exists: true, title: 1 }, 'title: must be text'],
    ['user', { exists: true, skip: 'yes' }, 'skip: must be true or false'],
    ['user', { exists: true, username: 1 }, 'username: must be text'],
    ['command', { 'exit-status': 0, timeout: '1s' }, 'timeout: must be a number of milliseconds'],
    ['matching', { matches: 1, 'as-reader': 1 }, 'as-reader: must be true or false'],
    ['http', { status: 1, 'allow-insecure': 1 }, 'allow-insecure: must be true or false'],
    ['http', { status: 1, 'no-follow-redirects': 1 }, 'no-follow-redirects: must be true or false'],
    ['http', { status: 1, 'request-headers': 'a' }, 'request-headers: must be a list of headers'],
    ['http', { status: 1, 'request-headers': [1] }, 'request-headers.0: must be text'],
    ['user', { exists: { gt: null } }, 'exists.gt: must be a number'],
    [
      'user',
      { exists: true, uid: { and: [1, {}] } },
      'uid.and.1: needs one matcher, but has none\nwrite and: with a list of them',
    ],
    ['user', [], ': must be a user of goss (a mapping)'],
    ['kernel-param', 'a', ': must be a kernel-param of goss (a mapping)'],
  ])('refuses a %s that is %j', (kind, value, problem) => {
    expect(problemsOf(kind, value)).toEqual([problem]);
    expect(problemsOf(kind, value, true)).toEqual([problem]);
  });

  it.each([
    ['user', 'title'],
    ['user', 'meta'],
    ['user', 'skip'],
    ['user', 'username'],
    ['command', 'timeout'],
    ['mount', 'usage'],
    ['matching', 'content'],
    ['http', 'request-headers'],
    ['http', 'allow-insecure'],
    ['user', 'exists'],
  ])('takes a %s without %s', (kind, name) => {
    expect(problemsOf(kind, { [name]: null }, true)).toEqual([]);
  });

  it.each([['a'], [1], [true], [null], [['a', [1]]], [{ equal: { a: { b: [null] } } }]])(
    'takes %j for a matcher',
    (matcher) => {
      expect(resourceSchema('group').parse({ exists: matcher })).toEqual({ exists: matcher });
    },
  );

  it('knows no other kind', () => {
    expect(() => resourceSchema('none')).toThrow('goss has no none');
  });
});
