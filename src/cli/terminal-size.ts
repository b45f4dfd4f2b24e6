/** A stream that may be a terminal; Node's own types say that every stream has a size. */
interface MaybeTerminal {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
}

/** Rows and columns of a terminal; 24 × 80 for anything else. */
export function terminalSize({ rows = 24, columns = 80 }: MaybeTerminal): {
  readonly rows: number;
  readonly columns: number;
} {
  return { rows, columns };
}

/** Whether a stream is a terminal. */
export function isTerminal({ isTTY = false }: MaybeTerminal): boolean {
  return isTTY;
}
