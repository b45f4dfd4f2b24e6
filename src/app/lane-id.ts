/** The id of a lane as somebody writes it: `NAME` of `NAME=spec`, else the spec, or the name in the project file. */
export function laneIdOf(text: string): string {
  return /^([A-Za-z0-9_.-]+)=/.exec(text)?.[1] ?? text;
}
