import { describe, expect, it } from 'vitest';
import { call, type Call } from './call.ts';

describe('functions of texts', () => {
  it.each<Call>([
    ['upper', ['aß1'], 'ASS1'],
    ['upper', [true], 'TRUE'],
    ['lower', ['AÉ'], 'aé'],
    ['toUpper', ['ab'], 'AB'],
    ['toLower', ['AB'], 'ab'],
    ['title', ['a bc dE'], 'A Bc DE'],
    ['title', ['élan éa x_y 1a a-b'], 'Élan Éa X_y 1a A-B'],
    ['trim', [' \ta b\n'], 'a b'],
    ['trimPrefix', ['v', 'v1v'], '1v'],
    ['trimPrefix', ['1v', 'v1v'], 'v1v'],
    ['trimPrefix', ['', 'v'], 'v'],
    ['trimSuffix', ['v', 'v1v'], 'v1'],
    ['trimSuffix', ['.rc', 'a.rc'], 'a'],
    ['trimSuffix', ['v1', 'v1v'], 'v1v'],
    ['trimSuffix', ['', 'v'], 'v'],
    ['trimAll', ['-x', '-x-a-b-x-'], 'a-b'],
    ['trimAll', ['b', 'a'], 'a'],
    ['trimAll', ['a', 'aaa'], ''],
    ['trimAll', ['a', ''], ''],
    ['trimAll', ['é', 'é🙂é'], '🙂'],
    ['nospace', [' a\n b\t '], 'ab'],
    ['trunc', [2, 'abc'], 'ab'],
    ['trunc', [0, 'abc'], ''],
    ['trunc', [5, 'abc'], 'abc'],
    ['trunc', [-2, 'abc'], 'bc'],
    ['trunc', [-5, 'abc'], 'abc'],
    ['substr', [1, 3, 'abcd'], 'bc'],
    ['substr', [-1, 3, 'abcd'], 'abc'],
    ['substr', [2, -1, 'abcd'], 'cd'],
    ['substr', [1, 0, 'abcd'], ''],
    ['substr', [1, 9, 'abcd'], 'bcd'],
    ['repeat', [3, 'ab'], 'ababab'],
    ['repeat', [0, 'ab'], ''],
    ['repeat', [-1, 'ab'], ''],
    ['replace', ['a', 'b', 'aca'], 'bcb'],
    ['replace', ['.', '$&', 'a.b'], 'a$&b'],
    ['contains', ['b', 'abc'], true],
    ['contains', ['abc', 'b'], false],
    ['hasPrefix', ['a', 'ab'], true],
    ['hasPrefix', ['b', 'ab'], false],
    ['hasSuffix', ['b', 'ab'], true],
    ['hasSuffix', ['a', 'ab'], false],
    ['quote', ['a"b', null, 1, undefined, true], '"a\\"b" "1" "true"'],
    ['quote', [], ''],
    ['squote', ['a', null, 1], "'a' '1'"],
    ['cat', ['a', null, 1, undefined, 'b'], 'a 1 b'],
    ['indent', [2, 'a\nb\nc'], '  a\n  b\n  c'],
    ['indent', [-1, 'a\nb'], 'a\nb'],
    ['nindent', [1, 'a\nb'], '\n a\n b'],
    ['join', [',', ['a', null, 1, [2, 3]]], 'a,1,[2 3]'],
    ['join', [',', 'a'], 'a'],
    ['join', [',', null], ''],
    ['splitList', [',', 'a,b,'], ['a', 'b', '']],
    ['split', ['.', '1.20.3'], { _0: '1', _1: '20', _2: '3' }],
    ['toString', [[1, null, { b: 1, a: 2 }]], '[1 <no value> map[a:2 b:1]]'],
    ['toString', ['a'], 'a'],
    ['toStrings', [[1, 'a', true]], ['1', 'a', 'true']],
    ['b64enc', ['é'], 'w6k='],
    ['b64dec', ['w6k='], 'é'],
    ['sha256sum', ['a'], 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ['toJson', [{ a: [1, null] }], '{"a":[1,null]}'],
    ['toJson', [undefined], 'null'],
    ['fromJson', ['{"a":[1]}'], { a: [1] }],
  ])('%s %j', (name, args, expected) => {
    expect(call(name, args)).toStrictEqual(expected);
  });
});

describe('functions of paths', () => {
  it.each<Call>([
    ['base', ['/a/b.c'], 'b.c'],
    ['base', ['a/b/'], 'b'],
    ['base', ['/'], '/'],
    ['base', ['//'], '/'],
    ['base', [''], '.'],
    ['dir', ['/a/b'], '/a'],
    ['dir', ['/a/b/'], '/a/b'],
    ['dir', ['/a'], '/'],
    ['dir', ['a'], '.'],
    ['dir', ['a//b'], 'a'],
    ['ext', ['a/b.tar.gz'], '.gz'],
    ['ext', ['.bashrc'], '.bashrc'],
    ['ext', ['a.d/b'], ''],
    ['ext', ['a.'], '.'],
    ['clean', ['/a/../b//c/'], '/b/c'],
    ['clean', ['/'], '/'],
    ['clean', ['./a/'], 'a'],
    ['clean', [''], '.'],
    ['isAbs', ['/a'], true],
    ['isAbs', ['a/'], false],
  ])('%s %j', (name, args, expected) => {
    expect(call(name, args)).toBe(expected);
  });
});

describe('functions of regular expressions', () => {
  it.each<Call>([
    ['regexMatch', ['^a+$', 'aa'], true],
    ['regexMatch', ['^a+$', 'ab'], false],
    ['regexFind', ['b+', 'abbcb'], 'bb'],
    ['regexFind', ['x', 'abbc'], ''],
    ['regexReplaceAll', ['a(x*)b', '-ab-axxb-', '${1}W'], '-W-xxW-'],
    ['regexReplaceAll', ['a(x*)b', '-axxb-', '<$1 $0 $1W $9 ${10}>'], '-<xx axxb   >-'],
    ['regexReplaceAll', ['a(?P<many>x*)b', '-axxb-', '$many${many}$$1$'], '-xxxx$1$-'],
    ['findStringSubmatch', ['a(b)(c)?', 'xab'], { 0: 'ab', 1: 'b', 2: '' }],
    ['findStringSubmatch', ['(?P<all>a(?P<some>b))', 'xab'], { all: 'ab', some: 'b' }],
    ['findStringSubmatch', ['a', 'b'], {}],
  ])('%s %j', (name, args, expected) => {
    expect(call(name, args)).toStrictEqual(expected);
  });
});

describe('printf', () => {
  it.each([
    [['%s|%v', 'a', [1, 'b']], 'a|[1 b]'],
    [['%5s|%-5s|%05s', 'a', 'b', 'c'], '    a|b    |    c'],
    [['%5d|%-5d|%05d|%-05d', 7, 7, 7, 7], '    7|7    |00007|7    '],
    [['%03d|%04d|%4d', -7, -7, -7], '-07|-007|  -7'],
    [['%d', '12.7'], '12'],
    [['%f|%.2f|%.0f|%08.3f', 1.5, 1.005, 2.4, -1.5], '1.500000|1.00|2|-001.500'],
    [['%q', 'a"b'], '"a\\"b"'],
    [['%x|%x|%04x', 255, 'aé', 255], 'ff|61c3a9|00ff'],
    [['%t %%|%d', true, 1], 'true %|1'],
    [['%10d|%10s', 1, 'a'], '         1|         a'],
    [['%.10f', 0.5], '0.5000000000'],
    [['100%', 1], '100%'],
    [['%S %.f', 1], '%S %.f'],
    [['%v'], '<no value>'],
    [[12], '12'],
  ])('%j', (args, expected) => {
    expect(call('printf', args)).toBe(expected);
  });
});
