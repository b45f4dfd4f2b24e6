// Files that somebody damaged, by accident or on purpose: what reads them says so and does nothing else.
import fc from 'fast-check';

/** How often each property is tried; scripts/soak tries more. */
export const FUZZ_RUNS = Number(process.env['ARCHPARITY_FUZZ_RUNS'] ?? '100');

/** What breaks readers: of YAML, JSON, templates, numbers, paths, terminals. */
const HOSTILE = [
  ...['~', 'null', 'true', '.nan', '-.inf', '0x7f', '1e309', '-1', '99999999999999999999', '""'],
  ...[
    '[]',
    '{}',
    '[[[[',
    '{a: {a: {a: ',
    '- - - -',
    '&a [*a]',
    '*a',
    '<<: *a',
    '!!binary x',
    '!!js/function "x"',
  ],
  ...[
    '__proto__: {x: 1}',
    'constructor: 1',
    'toString: []',
    '? {a: 1} : b',
    '|+',
    '>-',
    '%YAML 9.9',
    '---',
    '...',
  ],
  ...[
    '{{',
    '{{.Vars.x}}',
    '{{ range . }}',
    '{{end}}',
    '${HOME}',
    '$(id)',
    '../../etc/passwd',
    '/',
    'a\\0b',
    '\t',
  ],
  ...[
    '\u0000',
    '\u001B[31m',
    '\uFFFD',
    '\u202E',
    '\uD800',
    '\uFEFF',
    '(?=x)',
    '(a+)+$',
    '[',
    '\\',
    '\r',
  ],
];

const edit = fc.record({
  at: fc.nat(),
  length: fc.oneof(fc.nat(3), fc.nat(80)),
  text: fc.oneof(fc.constantFrom('', ...HOSTILE), fc.string({ unit: 'binary', maxLength: 12 })),
});

/** One of the texts, with pieces of it replaced. */
export function damagedText(texts: readonly string[]): fc.Arbitrary<string> {
  const edits = fc.array(edit, { minLength: 1, maxLength: 6 });
  return fc.tuple(fc.constantFrom(...texts), edits).map(([whole, changes]) =>
    changes.reduce((text, { at, length, text: instead }) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + instead + text.slice(start + length);
    }, whole),
  );
}

/** The bytes with some of them changed, cut off or not. */
export function damagedBytes(whole: Buffer): fc.Arbitrary<Buffer> {
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
  const length = fc.oneof(fc.constant(whole.length), fc.nat(whole.length));
  return fc.tuple(changes, length).map(([bytes, cut]) => {
    const damaged = Buffer.from(whole);
    for (const [at, value] of bytes) damaged[at] = value;
    return damaged.subarray(0, cut);
  });
}
