import { isMapping, listItems, type Mistake } from './mistake.ts';

/** Finds the parts of the format that are valid and that this version cannot run. */
export function findUnsupported(root: unknown): readonly Mistake[] {
  if (!isMapping(root)) return [];
  return listItems(root['cases']).flatMap((entry, index) =>
    isMapping(entry)
      ? ['service', 'with']
          .filter((key) => Object.hasOwn(entry, key))
          .map((key) => notYet(['cases', index, key]))
      : [],
  );
}

function notYet(path: Mistake['path']): Mistake {
  return { path, at: 'key', message: 'is not supported yet' };
}
