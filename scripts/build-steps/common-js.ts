import { transform } from 'esbuild';
import path from 'node:path';

/** What stands for `import.meta.url` in a file that has none of its own. */
const metaUrl = 'importMetaUrl';
const metaUrlBanner = `const ${metaUrl}=require("node:url").pathToFileURL(__filename).href;\n`;

/** How an import names a file below the directory of the one that imports it, or above. */
export function asImport(relative: string): string {
  return relative.replace(/^(?!\.)/, './');
}

/** The name of a bundled ES module once it is CommonJS. */
export function commonJsName(file: string): string {
  return file.replace(/\.js$/, '.cjs');
}

/**
 * Rewrites one bundled ES module, with its imports of others, as CommonJS. Node needs 10 ms less for a
 * command's modules then: an `import` of one of Node's own modules evaluates every lazy getter that it has,
 * and every file goes through the asynchronous loader.
 *
 * @param elsewhere - for an import of another bundled module: the expression that has its exports, where it is
 *   not a file of its own
 */
export async function toCommonJs(
  text: string,
  elsewhere: (name: string) => string | undefined = () => undefined,
): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node22.18',
    // `import()` becomes a promise of a `require`.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': metaUrl, 'import.meta.dirname': '__dirname' },
    minifyWhitespace: true,
    lineLimit: 120,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const renamed = code.replaceAll(
    /require\("(\.{1,2}\/[^"]+\.js)"\)/g,
    (_, file: string) =>
      elsewhere(file) ?? `require("${asImport(commonJsName(path.posix.normalize(file)))}")`,
  );
  const marked = renamed.includes(metaUrl) ? addAfterShebang(renamed, metaUrlBanner) : renamed;
  return marked;
}

function addAfterShebang(text: string, banner: string): string {
  const at = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  return text.slice(0, at) + banner + text.slice(at);
}
