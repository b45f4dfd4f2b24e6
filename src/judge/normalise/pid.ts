import { rewriteMatches, type Rewriter } from './rewriter.ts';

const NUMBER = String.raw`\d{1,10}`;

/** Positions at which programs write a process id. */
const PATTERN = new RegExp(
  [
    String.raw`(?<named>(?<!\w)(?:p?pid|pgid|tid|process(?: id)?)(?:[ \t]{0,4}[=:#][ \t]{0,4}|[ \t]{1,4}|\())${NUMBER}(?![\w.])`,
    // syslog: sshd[123]:
    String.raw`(?<tagged>(?<=[A-Za-z_-]{2})\[)${NUMBER}(?=\]:)`,
    // A job of a shell: [1] 1234
    String.raw`(?<job>^\[\d{1,3}\] )${NUMBER}$`,
    // The start of a log line, or after its time.
    String.raw`(?<leading>(?:^|(?<=<time> ))\[)\d{2,10}(?=\] )`,
    // Valgrind and the sanitizers: ==123==
    String.raw`(?<sanitizer>^==)${NUMBER}(?===)`,
    // nginx: [notice] 30#30:
    String.raw`(?<worker>(?<=\] ))${NUMBER}#${NUMBER}(?=:)`,
  ].join('|'),
  'gim',
);

/** Hides process ids where programs write them: `pid 123`, `process 123`, `sshd[123]:`, `==123==`. */
export function createPidRewriter(): Rewriter {
  return {
    name: 'pid',
    rewrite: (text) =>
      rewriteMatches(text, PATTERN, (_match, groups) => {
        const { named, tagged, job, leading, sanitizer } = groups;
        return `${named ?? tagged ?? job ?? leading ?? sanitizer ?? ''}<pid>`;
      }),
  };
}
