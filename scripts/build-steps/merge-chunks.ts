import { build, type Metafile } from 'esbuild';
import path from 'node:path';
import { bundleOptions } from './bundle-options.ts';
import { asImport, commonJsName, toCommonJs } from './common-js.ts';

/** What esbuild wrote: the text of each ES module by its path, and who imports whom. */
export interface Bundled {
  readonly files: ReadonlyMap<string, string>;
  /** Its paths are relative to the root. */
  readonly metafile: Metafile;
}

/** The output that `outputs` made of a source file which is an entry or imported lazily. */
export function outputOf(source: string, { outputs }: Metafile): string {
  const found = Object.keys(outputs).find((file) => outputs[file]?.entryPoint === source);
  if (found === undefined) throw new Error(`esbuild made no entry of ${source}`);
  return found;
}

/** An output and all that it loads by `import` statements, and these by theirs; not what is imported lazily. */
export function loadedBy(output: string, { outputs }: Metafile): ReadonlySet<string> {
  const found = new Set([output]);
  for (const file of found) {
    for (const { path: imported, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) found.add(imported);
    }
  }
  return found;
}

/** Whether an output, or what it loads, has code of a package. */
export function needsPackage(output: string, metafile: Metafile): boolean {
  return [...loadedBy(output, metafile)].some((file) =>
    Object.keys(metafile.outputs[file]?.inputs ?? {}).some((input) =>
      input.includes('node_modules/'),
    ),
  );
}

/** How the file `from` names the file `to`. */
function relativeImport(from: string, to: string): string {
  return asImport(path.relative(path.dirname(from), to));
}

/** The text of one ES module of the modules `chunks`, each exported under the name that `chunks` gives it. */
async function joinChunks(
  root: string,
  into: string,
  chunks: ReadonlyMap<string, string>,
  files: Bundled['files'],
): Promise<string> {
  const exports = [...chunks].map(([file, name]) =>
    file === into
      ? `export * from ${JSON.stringify(file)};`
      : `export * as ${name} from ${JSON.stringify(file)};`,
  );
  const { outputFiles } = await build({
    ...bundleOptions,
    stdin: { contents: exports.join('\n'), resolveDir: root },
    outfile: into,
    plugins: [
      {
        name: 'join-chunks',
        setup(esbuild) {
          esbuild.onResolve({ filter: /^[./]/ }, ({ path: name, resolveDir }) => {
            const file = path.resolve(resolveDir, name);
            return chunks.has(file)
              ? { path: file, namespace: 'chunks' }
              : { path: relativeImport(into, file), external: true };
          });
          esbuild.onLoad({ filter: /.*/, namespace: 'chunks' }, ({ path: file }) => ({
            contents: files.get(file) ?? '',
            resolveDir: path.dirname(file),
          }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? '';
}

/**
 * Rewrites a bundle as CommonJS, and puts some of its chunks into one file. esbuild makes a chunk of whatever two
 * lazily loaded parts share, and each file costs Node 0.3 ms, whatever is in it: 59 of them were a fifth of the
 * time of `archparity run`. What stays a file of its own asks for what it had from them there.
 *
 * @param into - the file: a new one, or one of `chunks`, which keeps its own exports
 * @param chunks - paths of outputs as in the metafile; none of them is loaded by an output that they load
 * @returns the texts by path
 */
export async function convertMerged(
  root: string,
  into: string,
  chunks: readonly string[],
  { files }: Pick<Bundled, 'files'>,
): Promise<ReadonlyMap<string, string>> {
  const target = path.join(root, into);
  const merged = new Map(
    chunks.map((chunk) => [
      path.join(root, chunk),
      path.basename(chunk, '.js').replaceAll(/\W/g, '_'),
    ]),
  );
  const left = [...files].filter(([file]) => !merged.has(file));
  const joined = await joinChunks(root, target, merged, files);
  const converted = new Map<string, string>();
  for (const [file, text] of [...left, [target, joined] as const]) {
    const inTarget = (name: string): string | undefined => {
      const exported = merged.get(path.resolve(path.dirname(file), name));
      if (exported === undefined) return undefined;
      return `require("${commonJsName(relativeImport(file, target))}").${exported}`;
    };
    converted.set(commonJsName(file), await toCommonJs(text, inTarget));
  }
  return converted;
}
