import type { CaseDefinition } from '../core/index.ts';

/** The files and directories of this machine that a case is given, beside what it tests. */
export function filesOf(definition: CaseDefinition): readonly string[] {
  const { fixtures, stdin } = definition;
  const ofStdin = stdin !== undefined && 'file' in stdin ? [stdin.file] : [];
  return [...fixtures, ...ofStdin, ...bindsOf(definition)];
}

/** Those of them that a container has as they are. */
export function bindsOf({ container }: CaseDefinition): readonly string[] {
  return (container?.binds ?? []).map(({ source }) => source);
}
