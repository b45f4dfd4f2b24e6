import { isMapping, listItems, type Mistake } from './mistake.ts';

/** Finds the parts of the format that are valid and that this version cannot run. */
export function findUnsupported(root: unknown): readonly Mistake[] {
  if (!isMapping(root)) return [];
  const mistakes: Mistake[] = listItems(root['cases']).flatMap((entry, index) =>
    isMapping(entry)
      ? ['service', 'with']
          .filter((key) => Object.hasOwn(entry, key))
          .map((key) => notYet(['cases', index, key]))
      : [],
  );
  return Object.hasOwn(root, 'bench') ? [...mistakes, notYet(['bench'])] : mistakes;
}

function notYet(path: Mistake['path']): Mistake {
  return { path, at: 'key', message: 'is not supported yet' };
}
