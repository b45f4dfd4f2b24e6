/** What of a recorded command line decides how a case was loaded and run. */
export interface RecordedFlags {
  readonly lanes: readonly string[];
  readonly varsFiles: readonly string[];
  readonly timeout?: string;
  readonly isCstStrict: boolean;
  /** `--image` or `--binary` took the place of the suite's subject. */
  readonly replacesSubject: boolean;
}

/** Reads what matters of a recorded command line. */
export function readRecordedFlags(argv: readonly string[]): RecordedFlags {
  const timeout = valuesOf(argv, '--timeout').at(-1);
  return {
    lanes: [...valuesOf(argv, '--lane'), ...valuesOf(argv, '--referee')],
    varsFiles: valuesOf(argv, '--vars'),
    ...(timeout === undefined ? {} : { timeout }),
    isCstStrict: beforeDashes(argv).includes('--cst-strict'),
    replacesSubject: [...valuesOf(argv, '--image'), ...valuesOf(argv, '--binary')].length > 0,
  };
}

/** The values that a command line gives to a flag, as `--flag value` or `--flag=value`. */
export function valuesOf(argv: readonly string[], flag: string): string[] {
  const words = beforeDashes(argv);
  return words.flatMap((word, index) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
    return word === flag ? (words[index + 1] ?? []) : [];
  });
}

function beforeDashes(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}
