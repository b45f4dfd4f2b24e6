import { stringify } from 'yaml';

export interface ScalarPlace {
  /** `flow`: anywhere, also within `[…]` and `{…}`; `block`: as the value, item or key of a line of its own. */
  readonly where?: 'flow' | 'block';
  /** Readers of YAML 1.1 take it for a text, too: GitLab's takes `no`, `1:30` and dates for something else. */
  readonly anyVersion?: boolean;
}

/** A text as YAML has it, on one line. */
export function writeScalar(
  text: string,
  { where = 'flow', anyVersion = false }: ScalarPlace = {},
): string {
  // JSON's strings are YAML's double-quoted ones; the writer would spread this over several lines.
  if (/\p{Cc}/u.test(text)) return JSON.stringify(text);
  const written = stringify([text], {
    version: '1.2',
    schema: 'core',
    ...(anyVersion ? { compat: 'yaml-1.1' } : {}),
    lineWidth: 0,
    collectionStyle: where,
    flowCollectionPadding: false,
  })
    // Blanks of Unicode at the end are the text's own.
    .replace(/\n$/, '');
  return where === 'flow' ? written.slice(1, -1) : written.slice('- '.length);
}
