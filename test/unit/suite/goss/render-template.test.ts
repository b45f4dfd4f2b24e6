import { describe, expect, it } from 'vitest';
import { TemplateError } from '../../../../src/suite/goss/template/lex-action.ts';
import { renderTemplate } from '../../../../src/suite/goss/template/render-template.ts';

const DATA = {
  Env: { OS: 'centos', EMPTY: '' },
  Vars: {
    users: ['ann', 'bob'],
    packages: { kernel: ['4.9', '4.10'], bash: ['5'] },
    count: 14,
    nested: { deep: { name: 'x' } },
    none: [],
  },
};

const render = (template: string): string =>
  renderTemplate(template, DATA, { environment: DATA.Env, directory: '/' });

describe('renderTemplate', () => {
  it.each([
    ['plain', 'plain'],
    ['{{ .Env.OS }}', 'centos'],
    ['{{.Vars.nested.deep.name}}', 'x'],
    ['{{ $.Vars.count }}', '14'],
    ['a {{- /* comment */ -}} b', 'ab'],
    ['a {{- " x " -}} b', 'a x b'],
    ['{{ "}}" }}', '}}'],
    ['{{ `raw \\n` }}', 'raw \\n'],
    ['{{ if eq .Env.OS "centos" }}yes{{ else }}no{{ end }}', 'yes'],
    ['{{ if .Env.EMPTY }}a{{ else if not .Vars.none }}b{{ else }}c{{ end }}', 'b'],
    ['{{ range .Vars.users }}<{{ . }}>{{ end }}', '<ann><bob>'],
    ['{{ range $i, $u := .Vars.users }}{{ $i }}{{ $u }} {{ end }}', '0ann 1bob '],
    [
      '{{ range $name, $v := .Vars.packages }}{{ $name }}={{ $v }};{{ end }}',
      'bash=[5];kernel=[4.9 4.10];',
    ],
    ['{{ range .Vars.none }}x{{ else }}none{{ end }}', 'none'],
    ['{{ range mkSlice "a" "b" }}{{ if eq . "b" }}{{ break }}{{ end }}{{ . }}{{ end }}', 'a'],
    ['{{ range until 3 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}', '02'],
    ['{{ with .Vars.nested }}{{ .deep.name }}{{ end }}', 'x'],
    ['{{ $x := "a" }}{{ if true }}{{ $x = "b" }}{{ end }}{{ $x }}', 'b'],
    ['{{ $x := "a" }}{{ if true }}{{ $x := "b" }}{{ end }}{{ $x }}', 'a'],
    ['{{ index .Vars.packages "kernel" 1 }}', '4.10'],
    ['{{ (index .Vars.packages "kernel") | first }}', '4.9'],
    ['{{ (dict "a" "b").a }}', 'b'],
    ['{{ "hello!" | upper | repeat 2 }}', 'HELLO!HELLO!'],
    ['{{ .Env.OS | regexMatch "[Cc]ent(OS|os)" }}', 'true'],
    ['{{ getEnv "OS" }}{{ getEnv "NO" "fallback" }}{{ getEnv "NO" }}', 'centosfallback'],
    ['{{ "X" | toLower }}{{ toUpper "y" }}', 'xY'],
    ['{{ default "d" .Env.EMPTY }}', 'd'],
    ['{{ printf "%s-%03d %q %v" "a" 7 "b" .Vars.users }}', 'a-007 "b" [ann bob]'],
    ['{{ and true .Vars.count }}{{ or "" "z" }}', '14z'],
    ['{{ len .Vars.users }} {{ lt 1 2 }} {{ ne 1 1 }}', '2 true false'],
    ['{{ join "," .Vars.users | quote }}', '"ann,bob"'],
    ['{{ trimPrefix "v" "v1" }}{{ trimSuffix "" "x" }}', '1x'],
    ['{{ get (findStringSubmatch "(?P<n>b+)" "abbc") "n" }}', 'bb'],
    ['{{ get (findStringSubmatch "a(b)" "ab") "1" }}', 'b'],
    ['{{ add 1 2 }}{{ sub 5 1 }}{{ mul 2 3 }}{{ div 7 2 }}', '3463'],
    ['{{ "x\\ty" }}', 'x\ty'],
    ['{{ .Missing | default "d" }}', undefined],
    ['{{ .Env.NO }}', undefined],
    ['{{ if true }}', undefined],
    ['{{ end }}', undefined],
    ['{{ noSuchFunction }}', undefined],
    ['{{ "open', undefined],
    ['{{ $x }}', undefined],
    ['{{ template "t" }}', undefined],
    ['{{ readFile "/no/such/file" }}', undefined],
  ])('%s', (template, rendered) => {
    if (rendered === undefined) expect(() => render(template)).toThrow(TemplateError);
    else expect(render(template)).toBe(rendered);
  });
});
