import { describe, expect, it } from 'vitest';
import { TemplateError } from '../../../../src/suite/goss/template/lex-action.ts';
import { parseTemplate } from '../../../../src/suite/goss/template/parse-template.ts';

const literal = (value: unknown) => ({ kind: 'literal', value });
const call = (name: string) => ({ kind: 'function', name });
const field = (...names: string[]) => ({ kind: 'field', names });
const pipeline = (commands: readonly unknown[][], others = {}) => ({
  ...{ declares: [], assigns: false, commands, offset: 2 },
  ...others,
});

/** A template's nodes in short: texts as they are, actions by their kind. */
function shape(template: string): string[] {
  return parseTemplate(template).map((node) =>
    node.kind === 'text' ? node.text : `<${node.kind}>`,
  );
}

describe('parseTemplate', () => {
  it.each([
    ['', []],
    [' a ', [' a ']],
    ['{{1}}', ['<output>']],
    [' a {{1}} b ', [' a ', '<output>', ' b ']],
    [' a {{- 1 }} b ', [' a', '<output>', ' b ']],
    [' a {{ 1 -}} b ', [' a ', '<output>', 'b ']],
    [' a\n{{-\n1\n-}}\n b ', [' a', '<output>', 'b ']],
    ['a {{-1}} b', ['a ', '<output>', ' b']],
    [' {{- 1 -}} {{- 2 -}} ', ['<output>', '<output>']],
    ['a {{ 1 -}} b {{ 2 }} c', ['a ', '<output>', 'b ', '<output>', ' c']],
    ['a{{/* b */}}c', ['a', 'c']],
    ['a{{/* b */}}c{{/* d */}}e', ['a', 'c', 'e']],
    ['a {{f 1 -2 }} b', ['a ', '<output>', ' b']],
    ['a {{- /* "b }} ` */ -}} c', ['a', 'c']],
    ['a{{/*\n*\n*/}}c', ['a', 'c']],
    ['{{ "}}" }}a', ['<output>', 'a']],
    ['{{ "\\"}}" }}a', ['<output>', 'a']],
    ['{{ `\n}}"` }}a', ['<output>', 'a']],
    ['{{ "" }}{{ `` }}a', ['<output>', '<output>', 'a']],
    ['}} { {', ['}} { {']],
    ['{{range .}}{{break}}{{continue}}{{end}}{{if 1}}{{end}}', ['<range>', '<if>']],
  ])('%j', (template, nodes) => {
    expect(shape(template)).toEqual(nodes);
  });

  it.each([
    ['{{true}}', pipeline([[literal(true)]])],
    ['{{false}}', pipeline([[literal(false)]])],
    ['{{nil}}', pipeline([[literal(null)]])],
    ['{{1.5}}', pipeline([[literal(1.5)]])],
    ['{{.}}', pipeline([[field()]])],
    ['{{.a.b}}', pipeline([[field('a', 'b')]])],
    ['{{$}}', pipeline([[{ kind: 'variable', name: '$', names: [] }]])],
    ['{{$x.a.b}}', pipeline([[{ kind: 'variable', name: '$x', names: ['a', 'b'] }]])],
    ['{{f "a" .}}', pipeline([[call('f'), literal('a'), field()]])],
    ['{{f | g 1 | h}}', pipeline([[call('f')], [call('g'), literal(1)], [call('h')]])],
    ['{{$x := f 1}}', pipeline([[call('f'), literal(1)]], { declares: ['$x'] })],
    ['{{$x = 1}}', pipeline([[literal(1)]], { declares: ['$x'], assigns: true })],
    ['{{$x, $y := .}}', pipeline([[field()]], { declares: ['$x', '$y'] })],
    [
      '{{f (g 1 | h) 2}}',
      pipeline([
        [
          call('f'),
          {
            kind: 'pipeline',
            pipeline: pipeline([[call('g'), literal(1)], [call('h')]]),
            names: [],
          },
          literal(2),
        ],
      ]),
    ],
    [
      '{{((f).a).b.c 1}}',
      pipeline([
        [
          {
            kind: 'pipeline',
            pipeline: pipeline([
              [{ kind: 'pipeline', pipeline: pipeline([[call('f')]]), names: ['a'] }],
            ]),
            names: ['b', 'c'],
          },
          literal(1),
        ],
      ]),
    ],
  ])('%s', (template, expected) => {
    expect(parseTemplate(template)).toEqual([{ kind: 'output', pipeline: expected }]);
  });

  it('nests blocks', () => {
    const one = { kind: 'text', text: '1' };
    const two = { kind: 'text', text: '2' };
    expect(parseTemplate('{{if .a}}1{{else}}2{{end}}')).toEqual([
      { kind: 'if', pipeline: pipeline([[field('a')]]), body: [one], otherwise: [two] },
    ]);
    expect(parseTemplate('{{with .a}}1{{else with .b}}2{{else if .c}}1{{end}}2')).toEqual([
      {
        kind: 'with',
        pipeline: pipeline([[field('a')]]),
        body: [one],
        otherwise: [
          {
            kind: 'with',
            pipeline: pipeline([[field('b')]], { offset: 14 }),
            body: [two],
            otherwise: [
              {
                kind: 'if',
                pipeline: pipeline([[field('c')]], { offset: 31 }),
                body: [one],
                otherwise: [],
              },
            ],
          },
        ],
      },
      two,
    ]);
    expect(
      parseTemplate('{{range $i, $x := .}}{{range .a}}{{break}}{{end}}{{continue}}{{end}}'),
    ).toEqual([
      {
        kind: 'range',
        pipeline: pipeline([[field()]], { declares: ['$i', '$x'] }),
        body: [
          {
            kind: 'range',
            pipeline: pipeline([[field('a')]], { offset: 23 }),
            body: [{ kind: 'break' }],
            otherwise: [],
          },
          { kind: 'continue' },
        ],
        otherwise: [],
      },
    ]);
  });

  it.each([
    ['a{{ b', 1, '"{{" has no "}}"'],
    ['{{ "}}', 3, 'unexpected "\\"" in an action'],
    ['{{}}', 2, 'an action needs a value'],
    ['{{- -}}', 3, 'an action needs a value'],
    ['ab{{$x := }}', 4, 'an action needs a value'],
    ['{{if}}{{end}}', 2, 'an action needs a value'],
    ['a{{end}}', 3, 'unexpected {{end}}'],
    ['a{{else}}', 3, 'unexpected {{else}}'],
    ['{{if .}}{{end}}{{end}}', 17, 'unexpected {{end}}'],
    ['a{{if .}}', 3, '{{if}} has no {{end}}'],
    ['a{{with .}}b{{else}}', 3, '{{with}} has no {{end}}'],
    ['{{range .}}{{else}}{{else}}{{end}}', 2, '{{range}} has no {{end}}'],
    ['{{if .}}{{else range .}}{{end}}', 10, '{{else}} takes only if or with'],
    ['{{if .}}{{else "a"}}{{end}}', 10, '{{else}} takes only if or with'],
    ['{{if .}}{{else if .}}', 10, '{{if}} has no {{end}}'],
    ['{{define "a"}}{{end}}', 2, '{{define}} is not supported'],
    ['{{block "a" .}}{{end}}', 2, '{{block}} is not supported'],
    ['{{template "a"}}', 2, '{{template}} is not supported'],
    ['a{{break}}', 3, '{{break}} is in no {{range}}'],
    ['{{if .}}{{continue}}{{end}}', 10, '{{continue}} is in no {{range}}'],
    ['{{range .}}{{else}}{{break}}{{end}}', 21, '{{break}} is in no {{range}}'],
    ['{{range .}}{{end}}{{break}}', 20, '{{break}} is in no {{range}}'],
    ['{{a)}}', 2, 'unexpected ")" in an action'],
    ['{{(a}}', 2, '"(" has no ")"'],
    ['{{(a | (b)}}', 2, '"(" has no ")"'],
    ['{{| a}}', 2, 'a command is missing beside "|"'],
    ['{{a | }}', 2, 'a command is missing beside "|"'],
    ['{{a | | b}}', 2, 'a command is missing beside "|"'],
    ['{{()}}', 2, 'a command is missing beside "|"'],
    ['{{a , b}}', 2, 'unexpected "," in an action'],
    ['{{$a := $b := 1}}', 2, 'unexpected ":=" in an action'],
    ['{{a %}}', 4, 'unexpected "%" in an action'],
  ])('refuses %j', (template, offset, message) => {
    expect(() => parseTemplate(template)).toThrow(TemplateError);
    expect(() => parseTemplate(template)).toThrow(expect.objectContaining({ message, offset }));
  });
});
