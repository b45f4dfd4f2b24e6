/** What of a recorded command line decides how a case was loaded and run. */
export interface RecordedFlags {
  readonly lanes: readonly string[];
  readonly varsFiles: readonly string[];
  readonly timeout?: string;
  readonly isCstStrict: boolean;
  /** `--image` or `--binary` took the place of the suite's subject. */
  readonly replacesSubject: boolean;
}

/** Reads `--flag value` and `--flag=value` out of a recorded command line. */
export function readRecordedFlags(argv: readonly string[]): RecordedFlags {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const valuesOf = (flag: string): string[] =>
    words.flatMap((word, index) => {
      if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
      return word === flag ? (words[index + 1] ?? []) : [];
    });
  const timeout = valuesOf('--timeout').at(-1);
  return {
    lanes: [...valuesOf('--lane'), ...valuesOf('--referee')],
    varsFiles: valuesOf('--vars'),
    ...(timeout === undefined ? {} : { timeout }),
    isCstStrict: words.includes('--cst-strict'),
    replacesSubject: [...valuesOf('--image'), ...valuesOf('--binary')].length > 0,
  };
}
