import type { Subject } from '../core/index.ts';
import type { FileLayers } from './file-layers.ts';
import type { TemplateMapping } from './goss/template/template-value.ts';

/** What the reader of another tool's test file needs besides its text. */
export interface ForeignOptions {
  readonly file: string;
  readonly subject: Subject;
  /** Of the suite; absent = the file's. */
  readonly name?: string;
  /** As the other tool does it, also where that is surprising. */
  readonly isStrict: boolean;
  readonly isJson: boolean;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly layers?: FileLayers;
  /** `.Vars` of goss's templates. */
  readonly vars?: TemplateMapping;
}
