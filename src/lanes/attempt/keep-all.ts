/** GNU tar's options for file capabilities and what else an image needs beside modes and owners. */
export const KEEP_ALL = ['--numeric-owner', '--xattrs', '--xattrs-include=*'] as const;
