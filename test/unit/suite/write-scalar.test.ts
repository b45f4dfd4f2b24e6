import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { writeScalar } from '../../../src/suite/write-scalar.ts';

const TEXTS = [
  ...['app', 'docker://postgres:16', '1.2', 'true', 'no', 'on', '1:30', '2026-01-01', '', '~'],
  ...['a: b', 'a #b', 'x,y', 'ends:', '-dash', '- item', '@at', '"', "it's", '? key', '[a', '{a}'],
  ...['line\nbreak', ' blanks ', 'tab\t', '&a', '*a', '!a', '| a', '%a', '`a'],
  ...['\u2028', 'a\u2029', 'a\u00a0', '\u3000a\ufeff'],
];

function readBack(text: string, version: '1.1' | '1.2'): readonly unknown[] {
  const anyVersion = version === '1.1';
  const flow = writeScalar(text, { anyVersion });
  const block = writeScalar(text, { anyVersion, where: 'block' });
  return [`[${flow}]`, `{${flow}: 1}`, `- ${block}\n`, `key: ${block}\n`, `${block}: 1\n`].map(
    (yaml): unknown => parse(yaml, { version }),
  );
}

const meaning = (text: string) => [[text], { [text]: 1 }, [text], { key: text }, { [text]: 1 }];

describe('writeScalar', () => {
  it.each(TEXTS)('writes %j so that it is read back', (text) => {
    for (const version of ['1.1', '1.2'] as const)
      expect(readBack(text, version)).toEqual(meaning(text));
  });

  it('does so with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        fc.pre(text.isWellFormed() && text !== '<<' && text !== '__proto__');
        expect(readBack(text, '1.2')).toEqual(meaning(text));
      }),
    );
  });

  it('leaves plain text as it is', () => {
    expect(writeScalar('docker build --output type=oci,dest=a .', { where: 'block' })).toBe(
      'docker build --output type=oci,dest=a .',
    );
    expect(writeScalar('a, b')).toBe('"a, b"');
  });
});
