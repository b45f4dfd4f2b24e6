/**
 * Lines that speak of a failure without being one: commands that are echoed, comments, commit messages, tests
 * that passed, documentation. They are held against cleaned lines.
 */
const MENTIONS: readonly RegExp[] = [
  // Comments and lists of documents; a prompt of root is `# ` too, but what follows it is a command.
  // The JVM writes its reports of crashes behind `# `, BuildKit its warnings behind ` - `.
  /^\s*(?:#+ (?!A fatal error|[jJCV] )|\/\/|<!--|;; |\* |[-+] (?!\d|InvalidBaseImagePlatform)|\d+\. |>(?!>) (?!Could not |Failed to |Cannot |Unable to )|\|)/,
  // Commands that are shown: set -x, make, a Dockerfile, GitHub's run steps.
  /^\s*(?:\$ |\++ |Step \d+\/\d+ ?:|\[[^\]]*\d+\/\d+\] |STEP \d+|(?:RUN|COPY|CMD|ENTRYPOINT|ENV|LABEL|ARG) |if |elif |case |run: |name: |- name:|echo |printf |grep |e?grep -)/i,
  /^\s*(?:export )?[A-Z][A-Z0-9_]+=/,
  /\b(?:grep|rg|awk|sed)\b (?:-\S+ )*["']/,
  /\becho ["']/,
  // Git.
  /\b(?:HEAD is now at|Merge (?:pull request|branch)|cherry picked from)\b/,
  /^\s*(?:commit )?[0-9a-f]{7,40} /,
  /^\s*(?:fix|feat|docs?|chore|ci|build|test|refactor|revert|perf|style)(?:\([^)]*\))?!?: /i,
  // Tests that passed or were left out.
  /^\s*(?:[✓✔√]|ok \d+|ok\t|PASS(?:ED)?\b|--- (?:PASS|SKIP)|=== (?:RUN|PAUSE|CONT)|\S*::\S* PASSED|SKIP)/,
  /(?: \.\.\. ok|\bPASSED(?: *\[ *\d+%\])?|\[ *PASSED *\]|\((?:skipped|passed)\))$/,
  // Failures that a test wants to see.
  /(?:\((?:as )?expected\)|\bas expected)$/i,
  // Documentation.
  /\b(?:if you (?:see|get|encounter|run into)|you (?:may|might|will) (?:see|get)|in case of|known issue|troubleshoot\w*|to (?:avoid|prevent|work around|reproduce)|workaround for|fix(?:es|ed)? (?:for|an?|the)\b|such as|for example|e\.g\. (?:the )?error|this error|error message|see also|changelog|documentation)\b/i,
];

/** Whether a cleaned line only mentions things. */
export function isMention(text: string): boolean {
  return MENTIONS.some((pattern) => pattern.test(text));
}
