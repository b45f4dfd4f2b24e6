/**
 * The id of a lane as a suite writes it: `NAME` of `NAME=SPEC`, else the spec. A setting
 * (`emulated,cpu=max`) has an equals sign too, but only behind a comma.
 */
export function laneName(spec: string): string {
  return /^([^=,:]+)=./.exec(spec)?.[1] ?? spec;
}
