import { lexAction, TemplateError, type Token } from './lex-action.ts';

/** What gives a value: a field, a variable, a literal, a call, or a pipeline in brackets. */
export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** `.a.b`; no names = the dot itself. */
  | { readonly kind: 'field'; readonly names: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly names: readonly string[] };

/** Words of one command: the first may be a function, the rest are its arguments. */
export type Command = readonly Operand[];

export interface Pipeline {
  /** `$k, $v :=`. */
  readonly declares: readonly string[];
  /** `$x =`: the variable is there already. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
  readonly offset: number;
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly TemplateNode[];
      readonly otherwise: readonly TemplateNode[];
    }
  | { readonly kind: 'break' | 'continue' };

interface Piece {
  readonly kind: 'text' | 'action';
  readonly text: string;
  readonly offset: number;
}

/** Text and actions in turn, with blanks trimmed where `{{-` and `-}}` say so. */
function splitTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let trims = false;
  for (;;) {
    const open = template.indexOf('{{', from);
    const text = template.slice(from, open === -1 ? undefined : open);
    const trimsBefore = open !== -1 && /^\{\{-\s/.test(template.slice(open, open + 4));
    const left = trims ? text.trimStart() : text;
    pieces.push({ kind: 'text', text: trimsBefore ? left.trimEnd() : left, offset: from });
    if (open === -1) return pieces;
    const start = open + (trimsBefore ? 3 : 2);
    const close = findClose(template, start);
    if (close === -1) throw new TemplateError('"{{" has no "}}"', open);
    trims = /\s-$/.test(template.slice(start, close));
    const action = template.slice(start, trims ? close - 1 : close);
    pieces.push({ kind: 'action', text: action, offset: start });
    from = close + 2;
  }
}

/** The `}}` of an action, not one in its texts or comment. */
function findClose(template: string, start: number): number {
  const pattern = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|\}\}/g;
  pattern.lastIndex = start;
  for (let match = pattern.exec(template); match !== null; match = pattern.exec(template))
    if (match[0] === '}}') return match.index;
  return -1;
}

/** Parses a template of Go's text/template. @throws TemplateError */
export function parseTemplate(template: string): readonly TemplateNode[] {
  const pieces = splitTemplate(template);
  let at = 0;
  let ranges = 0;
  const { nodes, end } = parseList();
  if (end !== undefined) throw new TemplateError(`unexpected {{${end.word}}}`, end.offset);
  return nodes;

  function parseList(): {
    nodes: TemplateNode[];
    end?: { word: string; offset: number; rest: Token[] };
  } {
    const list: TemplateNode[] = [];
    while (at < pieces.length) {
      const piece = pieces[at];
      at += 1;
      if (piece === undefined) break;
      if (piece.kind === 'text') {
        if (piece.text !== '') list.push({ kind: 'text', text: piece.text });
        continue;
      }
      if (piece.text.trim().startsWith('/*')) continue;
      const tokens = lexAction(piece.text, piece.offset);
      const [first, ...rest] = tokens;
      const word = first?.kind === 'word' ? first.text : '';
      if (word === 'end' || word === 'else')
        return { nodes: list, end: { word, offset: piece.offset, rest } };
      if (word === 'if' || word === 'with' || word === 'range')
        list.push(parseBlock(word, rest, piece.offset));
      else if (word === 'break' || word === 'continue') {
        if (ranges === 0) throw new TemplateError(`{{${word}}} is in no {{range}}`, piece.offset);
        list.push({ kind: word });
      } else if (word === 'define' || word === 'template' || word === 'block')
        throw new TemplateError(`{{${word}}} is not supported`, piece.offset);
      else list.push({ kind: 'output', pipeline: parsePipeline(tokens, piece.offset) });
    }
    return { nodes: list };
  }

  function parseBlock(
    kind: 'if' | 'with' | 'range',
    tokens: Token[],
    offset: number,
  ): TemplateNode {
    const pipeline = parsePipeline(tokens, offset);
    ranges += kind === 'range' ? 1 : 0;
    const { nodes: body, end: first } = parseList();
    ranges -= kind === 'range' ? 1 : 0;
    if (first === undefined) throw new TemplateError(`{{${kind}}} has no {{end}}`, offset);
    if (first.word === 'end') return { kind, pipeline, body, otherwise: [] };
    const [next, ...rest] = first.rest;
    if (next?.kind === 'word' && (next.text === 'if' || next.text === 'with'))
      return { kind, pipeline, body, otherwise: [parseBlock(next.text, rest, first.offset)] };
    if (next !== undefined) throw new TemplateError('{{else}} takes only if or with', first.offset);
    const { nodes: otherwise, end: second } = parseList();
    if (second?.word !== 'end') throw new TemplateError(`{{${kind}}} has no {{end}}`, offset);
    return { kind, pipeline, body, otherwise };
  }
}

/** Parses `$x := a | b c`. */
function parsePipeline(tokens: readonly Token[], offset: number): Pipeline {
  const sign = tokens.findIndex(
    (token) => token.kind === 'sign' && (token.text === ':=' || token.text === '='),
  );
  const signToken = tokens[sign];
  const declares = tokens
    .slice(0, Math.max(0, sign))
    .flatMap((token) => (token.kind === 'word' && token.text.startsWith('$') ? [token.text] : []));
  const rest = tokens.slice(sign + 1);
  if (rest.length === 0) throw new TemplateError('an action needs a value', offset);
  const { commands, used } = parseCommands(rest, offset);
  if (used < rest.length) throw new TemplateError('unexpected ")" in an action', offset);
  const assigns = signToken?.kind === 'sign' && signToken.text === '=';
  return { declares, assigns, commands, offset };
}

/** Commands up to the end, or to the bracket that closes them. */
function parseCommands(
  tokens: readonly Token[],
  offset: number,
): { readonly commands: readonly Command[]; readonly used: number } {
  const commands: Operand[][] = [[]];
  let at = 0;
  while (at < tokens.length) {
    const token = tokens[at];
    if (token === undefined) break;
    at += 1;
    if (token.kind === 'sign' && token.text === ')')
      return { commands: checked(commands, offset), used: at - 1 };
    if (token.kind === 'sign' && token.text === '|') {
      commands.push([]);
      continue;
    }
    if (token.kind === 'sign' && token.text === '(') {
      const inner = parseCommands(tokens.slice(at), offset);
      at += inner.used;
      const closing = tokens[at];
      if (closing?.kind !== 'sign') throw new TemplateError('"(" has no ")"', offset);
      at += 1;
      const field = tokens[at];
      const names = field?.kind === 'field' ? field.text.slice(1).split('.') : [];
      if (names.length > 0) at += 1;
      const pipeline = { declares: [], assigns: false, commands: inner.commands, offset };
      commands.at(-1)?.push({ kind: 'pipeline', pipeline, names });
      continue;
    }
    commands.at(-1)?.push(toOperand(token, offset));
  }
  return { commands: checked(commands, offset), used: at };
}

function checked(commands: readonly Command[], offset: number): readonly Command[] {
  if (commands.some((command) => command.length === 0))
    throw new TemplateError('a command is missing beside "|"', offset);
  return commands;
}

function toOperand(token: Token, offset: number): Operand {
  switch (token.kind) {
    case 'text':
    case 'number':
      return { kind: 'literal', value: token.value };
    case 'word': {
      const { text } = token;
      if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
      if (text === 'nil') return { kind: 'literal', value: null };
      const [head = '', ...names] = text.split('.');
      if (text.startsWith('.'))
        return { kind: 'field', names: names.filter((name) => name !== '') };
      if (text.startsWith('$')) return { kind: 'variable', name: head, names };
      return { kind: 'function', name: head };
    }
    case 'sign':
    case 'field':
      throw new TemplateError(`unexpected ${JSON.stringify(token.text)} in an action`, offset);
  }
}
