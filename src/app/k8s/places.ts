/** Where things lie in a pod. */
export const PLACES = {
  /** A directory for each run in it. */
  records: '/records',
  cache: '/cache',
  suites: '/suites',
} as const;
