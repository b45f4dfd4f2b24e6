import { type Plugin } from 'esbuild';

const name = 'lazy-string-width';

const stringWidth = (realPath: string) => `
export default function stringWidth(text, options) {
  return typeof text === 'string' && /^[\\x20-\\x7e]*$/.test(text)
    ? text.length
    : require(${JSON.stringify(realPath)}).default(text, options);
}`;

/**
 * `string-width` (under yargs) makes an `Intl.Segmenter` and regular expressions over all emoji when
 * it is loaded: 30 ms or more of every command, for texts that are hardly ever other than ASCII.
 * In the bundle printable ASCII is answered at once (one column a character), and the package is
 * initialised only for the first text that needs it.
 */
export const lazyStringWidth: Plugin = {
  name,
  setup(build) {
    build.onResolve(
      { filter: /^string-width$/ },
      async ({ path, resolveDir, kind, pluginData }) => {
        // The question below comes back here, marked, and then goes on to esbuild.
        if (pluginData === name) return undefined;
        const real = await build.resolve(path, { resolveDir, kind, pluginData: name });
        return real.errors.length > 0 ? real : { path: real.path, namespace: name };
      },
    );
    build.onLoad({ filter: /.*/, namespace: name }, ({ path }) => ({
      contents: stringWidth(path),
      resolveDir: '/',
      loader: 'js',
    }));
  },
};
