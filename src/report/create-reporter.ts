import { createGithubReporter } from './github-reporter.ts';
import { createHtmlReporter } from './html/html-reporter.ts';
import { createJsonReporter } from './json-reporter.ts';
import { createJunitReporter } from './junit-reporter.ts';
import { createLiveReporter } from './live-reporter.ts';
import { createMarkdownReporter } from './markdown-reporter.ts';
import type { Reporter, ReporterName, ReporterOptions } from './reporter.ts';
import { createSarifReporter } from './sarif-reporter.ts';
import { createTapReporter } from './tap-reporter.ts';
import { createTextReporter } from './text-reporter.ts';

/** Makes a reporter; names that users write go through `parseReporterName` first. */
export function createReporter(name: ReporterName, options: ReporterOptions): Reporter {
  switch (name) {
    case 'live':
      return createLiveReporter(options);
    case 'text':
      return createTextReporter(options);
    case 'json':
      return createJsonReporter(options);
    case 'junit':
      return createJunitReporter(options);
    case 'html':
      return createHtmlReporter(options);
    case 'github':
      return createGithubReporter(options);
    case 'markdown':
      return createMarkdownReporter(options);
    case 'tap':
      return createTapReporter(options);
    case 'sarif':
      return createSarifReporter(options);
  }
}
