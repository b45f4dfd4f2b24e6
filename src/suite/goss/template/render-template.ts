import { TemplateError } from './lex-action.ts';
import {
  parseTemplate,
  type Command,
  type Operand,
  type Pipeline,
  type TemplateNode,
} from './parse-template.ts';
import { templateFunctions, type TemplateContext } from './template-functions.ts';
import {
  isTemplateList,
  isTemplateMapping,
  isTrue,
  printValue,
  type TemplateMapping,
  type TemplateValue,
} from './template-value.ts';

/** Variables of a block, and of those around it. */
class Scope {
  readonly #values = new Map<string, TemplateValue>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  declare(name: string, value: TemplateValue): void {
    this.#values.set(name, value);
  }

  has(name: string): boolean {
    return this.#values.has(name) || (this.#outer?.has(name) ?? false);
  }

  get(name: string): TemplateValue {
    return this.#values.has(name) ? this.#values.get(name) : this.#outer?.get(name);
  }

  assign(name: string, value: TemplateValue): void {
    if (this.#values.has(name)) this.#values.set(name, value);
    else this.#outer?.assign(name, value);
  }
}

/** More output than any test file has: a template may count to a billion. */
const MOST_CHARACTERS = 16 * 1024 ** 2;

/**
 * Renders a template of Go's text/template, with the option `missingkey=error` and the functions that goss has.
 * @throws TemplateError with the place in the template
 */
export function renderTemplate(
  template: string,
  data: TemplateMapping,
  context: TemplateContext,
): string {
  const functions = templateFunctions(context);
  const output: string[] = [];
  let length = 0;
  const top = new Scope();
  // `set` changes what it is given: that is not to be seen by the next file.
  const own = structuredClone(data);
  top.declare('$', own);
  renderList(parseTemplate(template), own, top);
  return output.join('');

  function write(text: string, offset: number): void {
    length += text.length;
    if (length > MOST_CHARACTERS)
      throw new TemplateError('the template makes too much text', offset);
    output.push(text);
  }

  /** How a list ended: `break` and `continue` are for the range around it. */
  function renderList(
    nodes: readonly TemplateNode[],
    dot: TemplateValue,
    scope: Scope,
  ): 'break' | 'continue' | undefined {
    for (const node of nodes) {
      const ended = renderNode(node, dot, scope);
      if (ended !== undefined) return ended;
    }
    return undefined;
  }

  function renderNode(
    node: TemplateNode,
    dot: TemplateValue,
    scope: Scope,
  ): 'break' | 'continue' | undefined {
    switch (node.kind) {
      case 'text':
        write(node.text, 0);
        return undefined;
      case 'break':
      case 'continue':
        return node.kind;
      case 'output': {
        const value = evaluate(node.pipeline, dot, scope);
        if (node.pipeline.declares.length === 0) write(printValue(value), node.pipeline.offset);
        return undefined;
      }
      case 'if':
      case 'with': {
        const inner = new Scope(scope);
        const value = evaluate(node.pipeline, dot, inner);
        if (!isTrue(value)) return renderList(node.otherwise, dot, inner);
        return renderList(node.body, node.kind === 'with' ? value : dot, inner);
      }
      case 'range':
        return renderRange(node, dot, scope);
    }
  }

  function renderRange(
    { body, otherwise, pipeline }: Extract<TemplateNode, { kind: 'if' | 'with' | 'range' }>,
    dot: TemplateValue,
    scope: Scope,
  ): 'break' | 'continue' | undefined {
    const value = run(pipeline, dot, scope);
    const entries = listEntries(value, pipeline.offset);
    if (entries.length === 0) return renderList(otherwise, dot, new Scope(scope));
    for (const [key, item] of entries) {
      const inner = new Scope(scope);
      const [first, second] = pipeline.declares;
      if (first !== undefined) inner.declare(first, second === undefined ? item : key);
      if (second !== undefined) inner.declare(second, item);
      if (renderList(body, item, inner) === 'break') break;
    }
    return undefined;
  }

  /** The value of a pipeline, kept in the variable that it declares. */
  function evaluate(pipeline: Pipeline, dot: TemplateValue, scope: Scope): TemplateValue {
    const value = run(pipeline, dot, scope);
    const [name] = pipeline.declares;
    if (name === undefined) return value;
    if (!pipeline.assigns) scope.declare(name, value);
    else if (scope.has(name)) scope.assign(name, value);
    else throw new TemplateError(`the variable ${name} is not known`, pipeline.offset);
    return value;
  }

  function run(pipeline: Pipeline, dot: TemplateValue, scope: Scope): TemplateValue {
    let piped: readonly TemplateValue[] = [];
    for (const command of pipeline.commands)
      piped = [runCommand(command, piped, { dot, scope, offset: pipeline.offset })];
    return piped[0];
  }

  function runCommand(
    command: Command,
    piped: readonly TemplateValue[],
    place: { readonly dot: TemplateValue; readonly scope: Scope; readonly offset: number },
  ): TemplateValue {
    const [first, ...rest] = command;
    if (first === undefined) return undefined;
    if (first.kind !== 'function') {
      if (rest.length > 0 || piped.length > 0)
        throw new TemplateError('only a function takes arguments', place.offset);
      return valueOf(first, place);
    }
    const { name } = first;
    if (name === 'and' || name === 'or') {
      const wanted = name === 'or';
      let last: TemplateValue;
      for (const operand of [
        ...rest.map((word) => () => valueOf(word, place)),
        ...piped.map((value) => () => value),
      ]) {
        last = operand();
        if (isTrue(last) === wanted) return last;
      }
      return last;
    }
    const known = functions.get(name);
    if (known === undefined)
      throw new TemplateError(`the function "${name}" is not known`, place.offset);
    const args = [...rest.map((word) => valueOf(word, place)), ...piped];
    try {
      return known(...args);
    } catch (error) {
      if (error instanceof TemplateError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new TemplateError(`${name}: ${message}`, place.offset);
    }
  }

  function valueOf(
    operand: Operand,
    place: { readonly dot: TemplateValue; readonly scope: Scope; readonly offset: number },
  ): TemplateValue {
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'field':
        return follow(place.dot, operand.names, place.offset);
      case 'variable':
        if (!place.scope.has(operand.name))
          throw new TemplateError(`the variable ${operand.name} is not known`, place.offset);
        return follow(place.scope.get(operand.name), operand.names, place.offset);
      case 'function':
        return runCommand([operand], [], place);
      case 'pipeline':
        return follow(run(operand.pipeline, place.dot, place.scope), operand.names, place.offset);
    }
  }
}

function follow(value: TemplateValue, names: readonly string[], offset: number): TemplateValue {
  return names.reduce<TemplateValue>((at, name) => {
    if (isTemplateMapping(at) && Object.hasOwn(at, name)) return at[name];
    throw new TemplateError(`there is no "${name}" here`, offset);
  }, value);
}

/** What a range goes over: a list, a mapping in the order of its keys, or the numbers below one. */
function listEntries(
  value: TemplateValue,
  offset: number,
): readonly (readonly [TemplateValue, TemplateValue])[] {
  if (isTemplateList(value)) return value.map((item, at) => [at, item] as const);
  if (isTemplateMapping(value))
    return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (typeof value === 'number')
    return Array.from(
      { length: Math.min(Math.max(0, value), 1_000_000) },
      (_, at) => [at, at] as const,
    );
  if (value === null || value === undefined) return [];
  throw new TemplateError(`range cannot go over ${printValue(value)}`, offset);
}
