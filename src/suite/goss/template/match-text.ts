import { RE2JS } from 're2js';
import type { TemplateMapping } from './template-value.ts';

/** The groups of the first match: by name when they have names, else by number. */
export function findGroups(pattern: string, value: string): TemplateMapping {
  const compiled = RE2JS.compile(pattern);
  const matcher = compiled.matcher(value);
  if (!matcher.find()) return {};
  const names = Object.keys(compiled.namedGroups());
  const keys =
    names.length > 0 ? names : Array.from({ length: compiled.groupCount() + 1 }, (_, at) => at);
  return Object.fromEntries(keys.map((key) => [String(key), matcher.group(key) ?? '']));
}

/** Every match replaced, with Go's `$1`, `${1}`, `$name`, `${name}` and `$$` in what takes its place. */
export function replaceMatches(pattern: string, value: string, by: string): string {
  const compiled = RE2JS.compile(pattern);
  const groups = new Map(Object.entries(compiled.namedGroups()));
  for (let at = 0; at <= compiled.groupCount(); at += 1) groups.set(String(at), at);
  const matcher = compiled.matcher(value);
  const expanded = by.replaceAll(
    /\$(?:\$|(\w+)|\{(\w+)\})/g,
    (all, bare: string | undefined, braced: string | undefined) => {
      const name = bare ?? braced;
      if (name === undefined) return all;
      const group = groups.get(name);
      if (group === undefined) return '';
      return group === 0 ? '$&' : `$${group}`;
    },
  );
  return matcher.replaceAll(expanded);
}
