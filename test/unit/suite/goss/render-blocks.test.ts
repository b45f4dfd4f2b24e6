import { describe, expect, it } from 'vitest';
import { TemplateError } from '../../../../src/suite/goss/template/lex-action.ts';
import { renderTemplate } from '../../../../src/suite/goss/template/render-template.ts';

const DATA = {
  yes: 1,
  no: 0,
  nothing: null,
  list: ['a', 'b', 'c'],
  empty: [],
  map: { y: { z: 1 }, x: { z: 2 } },
};

function render(template: string): string {
  return renderTemplate(template, DATA, { environment: {}, directory: '/' });
}

describe('blocks', () => {
  it.each([
    ['{{if .yes}}1{{end}}{{if .no}}2{{end}}3', '13'],
    ['{{if .no}}1{{else if .no}}2{{else}}3{{end}}4', '34'],
    ['{{if .no}}1{{else with .map}}{{.x.z}}{{end}}', '2'],
    ['{{if .yes}}{{.no}}{{end}}', '0'],
    ['{{with .map.x}}{{.z}}{{$.no}}{{end}}', '20'],
    ['{{with .no}}1{{else}}{{.yes}}{{end}}', '1'],
    ['{{with $x := .map.y}}{{$x.z}}{{.z}}{{end}}', '11'],
    ['{{if $x := .no}}1{{else}}{{$x}}{{end}}', '0'],
    ['{{range .list}}{{.}}{{$.yes}}{{end}}', 'a1b1c1'],
    ['{{range $x := .list}}{{$x}}{{.}}{{end}}', 'aabbcc'],
    ['{{range $i, $x := .list}}{{$i}}{{$x}}{{.}}{{end}}', '0aa1bb2cc'],
    ['{{range $k, $v := .map}}{{$k}}{{$v.z}}{{end}}', 'x2y1'],
    ['{{range dict "b" 1 "c" 2 "a" 3}}{{.}}{{end}}', '312'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{range $i, $x := 2}}{{$i}}{{$x}}{{end}}', '0011'],
    ['{{range -1}}1{{else}}2{{end}}', '2'],
    ['{{range .nothing}}1{{else}}2{{end}}', '2'],
    ['{{range index .map "w"}}1{{else}}2{{end}}', '2'],
    ['{{range .empty}}1{{else}}{{len .list}}{{end}}', '3'],
    ['{{range .list}}{{else}}2{{end}}', ''],
    ['{{range .list}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{end}}!', 'ac!'],
    ['{{range .list}}{{with .}}{{break}}{{end}}1{{else}}2{{end}}!', '!'],
    ['{{range .list}}{{range $.list}}{{.}}{{break}}{{end}}{{.}}{{end}}', 'aaabac'],
    ['{{range .list}}{{range $.empty}}{{else}}{{break}}{{end}}1{{end}}2', '2'],
  ])('%s', (template, rendered) => {
    expect(render(template)).toBe(rendered);
  });
});

describe('variables', () => {
  it.each([
    ['{{$x := 1}}{{$x}}', '1'],
    ['{{$x := .map}}{{$x.x.z}}', '2'],
    ['{{$x := 1}}{{$x = 2}}{{$x}}', '2'],
    ['{{$x := 1}}{{if .yes}}{{if .yes}}{{$x = 2}}{{end}}{{end}}{{$x}}', '2'],
    ['{{$x := 1}}{{if .yes}}{{$x := 2}}{{$x = 3}}{{$x}}{{end}}{{$x}}', '31'],
    ['{{$x := 1}}{{range .list}}{{$x = .}}{{end}}{{$x}}', 'c'],
    ['{{$x := 1}}{{range $x := .list}}{{end}}{{$x}}', '1'],
    ['{{$x := .nothing}}{{$x}}', '<no value>'],
    ['{{$x := dict}}{{$_ := set $x "a" 1}}{{$x.a}}', '1'],
  ])('%s', (template, rendered) => {
    expect(render(template)).toBe(rendered);
  });

  it('are not seen by the next template', () => {
    expect(render('{{$_ := set .map "w" 1}}{{$_ := set $.map "v" 2}}{{.map.w}}{{.map.v}}')).toBe(
      '12',
    );
    expect(render('{{len .map}}')).toBe('2');
  });
});

describe('pipelines', () => {
  it.each([
    ['{{"a" | print "b"}}', 'ba'],
    ['{{"a" | upper | print "b" | len}}', '2'],
    ['{{.nothing | default "d"}}', 'd'],
    ['{{(index .list 0) | upper}}', 'A'],
    ['{{print (print 1) (len .list)}}', '13'],
    ['{{(dict "a" (dict "b" "c")).a.b}}', 'c'],
    ['{{list}}', '[]'],
    ['{{print list}}', '[]'],
    ['{{and}}{{or}}', '<no value><no value>'],
    ['{{and 1 0 (fail "x")}}', '0'],
    ['{{and 1 2}}', '2'],
    ['{{or 0 1 (fail "x")}}', '1'],
    ['{{or 0 ""}}.', '.'],
    ['{{0 | or 1}}{{0 | and 1}}', '10'],
    ['{{3 | or 0}}{{3 | and 1}}', '33'],
  ])('%s', (template, rendered) => {
    expect(render(template)).toBe(rendered);
  });
});

describe('mistakes of a template', () => {
  it.each([
    ['a{{.none}}', 3, 'there is no "none" here'],
    ['{{.map.x.none}}', 2, 'there is no "none" here'],
    ['{{.map.toString}}', 2, 'there is no "toString" here'],
    ['{{.list.length}}', 2, 'there is no "length" here'],
    ['{{.nothing.a}}', 2, 'there is no "a" here'],
    ['{{$.none}}', 2, 'there is no "none" here'],
    ['{{(dict).a}}', 2, 'there is no "a" here'],
    ['{{range .list}}{{.a}}{{end}}', 17, 'there is no "a" here'],
    ['{{$x = 1}}', 2, 'the variable $x is not known'],
    ['{{$x}}', 2, 'the variable $x is not known'],
    ['{{if 1}}{{$x := 1}}{{end}}{{$x}}', 28, 'the variable $x is not known'],
    [
      '{{range $x := .list}}{{else}}{{$x}}{{end}}{{range $x := .empty}}{{else}}{{$x}}{{end}}',
      74,
      'the variable $x is not known',
    ],
    ['ab{{none 1}}', 4, 'the function "none" is not known'],
    ['{{print (none)}}', 2, 'the function "none" is not known'],
    ['{{1 2}}', 2, 'only a function takes arguments'],
    ['{{1 | 2}}', 2, 'only a function takes arguments'],
    ['{{1 | .list}}', 2, 'only a function takes arguments'],
    ['a{{fail "no"}}', 3, 'fail: no'],
    ['{{index .list 3}}', 2, 'index: index out of range: 3'],
    ['{{print (fail "no")}}', 2, 'fail: no'],
    ['{{range "text"}}{{end}}', 2, 'range cannot go over text'],
    ['{{range true}}{{end}}', 2, 'range cannot go over true'],
    ['{{repeat 16777217 "a"}}', 2, 'the template makes too much text'],
    ['{{repeat 16777216 "a"}}b', 0, 'the template makes too much text'],
    ['b{{repeat 16777216 "a"}}', 3, 'the template makes too much text'],
  ])('%s', (template, offset, message) => {
    expect(() => render(template)).toThrow(TemplateError);
    expect(() => render(template)).toThrow(expect.objectContaining({ message, offset }));
  });

  it('are not that it makes much', () => {
    expect(render('{{repeat 16777216 "a"}}')).toHaveLength(16 * 1024 ** 2);
  });
});
