import { describe, expect, it } from 'vitest';
import { lexAction, TemplateError } from '../../../../src/suite/goss/template/lex-action.ts';

/** Tokens in short: texts in quotes, numbers as such, a field after a bracket with `@`. */
function lex(source: string): string[] {
  return lexAction(source, 0).map((token) => {
    if (token.kind === 'text') return JSON.stringify(token.value);
    if (token.kind === 'number') return `#${token.value}`;
    return token.kind === 'sign' ? `sign ${token.text}` : `${token.kind} ${token.text}`;
  });
}

describe('lexAction', () => {
  it.each([
    ['', []],
    [' \n\t ', []],
    ['  if   .a ', ['word if', 'word .a']],
    ['.', ['word .']],
    ['. .', ['word .', 'word .']],
    ['.a.b_1.C', ['word .a.b_1.C']],
    ['$', ['word $']],
    ['$x1', ['word $x1']],
    ['$x.a.b', ['word $x.a.b']],
    ['$.Vars.name', ['word $.Vars.name']],
    ['_a1', ['word _a1']],
    ['a|b', ['word a', 'sign |', 'word b']],
    ['$a,$b:=c', ['word $a', 'sign ,', 'word $b', 'sign :=', 'word c']],
    ['$a = (b)', ['word $a', 'sign =', 'sign (', 'word b', 'sign )']],
    ['(a).b', ['sign (', 'word a', 'sign )', 'field .b']],
    ['(a).b.c2 d', ['sign (', 'word a', 'sign )', 'field .b.c2', 'word d']],
    ['(a) .b', ['sign (', 'word a', 'sign )', 'word .b']],
    ['(a)b.c', ['sign (', 'word a', 'sign )', 'word b', 'word .c']],
    ['(a)b', ['sign (', 'word a', 'sign )', 'word b']],
    ['0 12 -3 +4 1.25 -0.5', ['#0', '#12', '#-3', '#4', '#1.25', '#-0.5']],
    ['f `a`', ['word f', '"a"']],
    ["f 'ab'", ['word f', '#97']],
    ['1)', ['#1', 'sign )']],
    ['"" "a b" "c"', ['""', '"a b"', '"c"']],
    ['"a\\"b" "c\\\\" "d"', ['"a\\"b"', '"c\\\\"', '"d"']],
    ['`a\\n"`', ['"a\\\\n\\""']],
    ['``  `a\nb`', ['""', '"a\\nb"']],
    ["'a' 'é' '\\n' '\\\\' '\\''", ['#97', '#233', '#10', '#92', '#39']],
    [String.raw`"\n\t\x41\x4a\u00e9\a\v\'"`, [JSON.stringify("\n\tAJé\u0007\u000b'")]],
    [String.raw`"\\a\\x41\\v"`, [JSON.stringify(String.raw`\a\x41\v`)]],
  ])('%j', (source, tokens) => {
    expect(lex(source)).toEqual(tokens);
  });

  it.each([
    ['% a', 0, 'unexpected "%" in an action'],
    ['%|', 0, 'unexpected "%" in an action'],
    ['%1', 0, 'unexpected "%" in an action'],
    ['a %', 2, 'unexpected "%" in an action'],
    ['"open', 0, 'unexpected "\\"" in an action'],
    ['"a\nb"', 0, 'unexpected "\\"" in an action'],
    ['"a\\', 0, 'unexpected "\\"" in an action'],
    ['`open', 0, 'unexpected "`" in an action'],
    ["''", 0, 'unexpected "\'" in an action'],
    ["'a\n'", 0, 'unexpected "\'" in an action'],
    ['12a', 0, 'unexpected "1" in an action'],
    ['1.', 0, 'unexpected "1" in an action'],
    ['1.2.3', 0, 'unexpected "1" in an action'],
    ['-', 0, 'unexpected "-" in an action'],
    ['é', 0, 'unexpected "é" in an action'],
    [':', 0, 'unexpected ":" in an action'],
    ['  "\\q"', 2, 'bad escape in "\\q"'],
    ['"\\x4"', 0, 'bad escape in "\\x4"'],
    ['"\\xg1"', 0, 'bad escape in "\\xg1"'],
  ])('refuses %j', (source, at, message) => {
    expect(() => lexAction(source, 100)).toThrow(
      expect.objectContaining({ name: 'TemplateError', message, offset: 100 + at }),
    );
    expect(() => lexAction(source, 100)).toThrow(TemplateError);
  });
});
