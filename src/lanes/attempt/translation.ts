/** How foreign programs get their emulator on a lane of this machine. */
export type Translation =
  /** The lane's platform is the machine's own. */
  | { readonly kind: 'none' }
  /** The lane's own binfmt_misc instance, with our handler in it. */
  | { readonly kind: 'private'; readonly qemu: string }
  /** A handler that the host has; `qemu` is the program that answered behind it. */
  | { readonly kind: 'host'; readonly qemu: string }
  /** `qemu PROGRAM` by hand: the subject's children are not emulated. */
  | { readonly kind: 'prefix'; readonly qemu: string };
