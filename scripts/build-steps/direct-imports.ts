import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** Where a module's index.ts has a name from. */
interface Origin {
  readonly file: string;
  /** The name there. */
  readonly name: string;
}

const EXPORT = /export \{([^}]*)\} from '(\.[^']+)';/g;
const IMPORT = /^import \{([^}]*)\} from '(\.[^']+\/index\.ts)';$/gm;

/** `a`, `a as b`, without types. */
function readNames(list: string): { readonly name: string; readonly as: string }[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && !word.startsWith('type '))
    .map((word) => {
      const [name = '', as = name] = word.split(' as ').map((part) => part.trim());
      return { name, as };
    });
}

async function readIndex(index: string): Promise<ReadonlyMap<string, Origin>> {
  const origins = new Map<string, Origin>();
  for (const [, list = '', from = ''] of (await readFile(index, 'utf8')).matchAll(EXPORT)) {
    const file = path.resolve(path.dirname(index), from);
    for (const { name, as } of readNames(list)) origins.set(as, { file, name });
  }
  return origins;
}

/**
 * Makes imports through a module's index.ts go straight to the file that has the name. esbuild puts all
 * that an index names into one chunk, so a command that needs one function of a module would load the
 * whole module. A name that the index does not list (`export *`) stays as it is.
 */
export const directImports: Plugin = {
  name: 'direct-imports',
  setup(build) {
    const indexes = new Map<string, Promise<ReadonlyMap<string, Origin>>>();
    const originsOf = (index: string) => {
      const known = indexes.get(index) ?? readIndex(index);
      indexes.set(index, known);
      return known;
    };
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const directory = path.dirname(file);
      let contents = text;
      for (const [statement, list = '', from = ''] of text.matchAll(IMPORT)) {
        const origins = await originsOf(path.resolve(directory, from));
        const lines = readNames(list).map(({ name, as }) => {
          const origin = origins.get(name);
          const source = origin?.file ?? path.resolve(directory, from);
          return `import { ${origin?.name ?? name} as ${as} } from ${JSON.stringify(source)};`;
        });
        contents = contents.replace(statement, () => lines.join(' '));
      }
      return { contents, loader: 'ts' };
    });
  },
};
