/** Implementer and part number of MIDR_EL1 (Arm ARM; QEMU target/arm/tcg/cpu64.c for its own). */
const CPU_NAMES: Readonly<Record<string, string>> = {
  '00 051': 'QEMU max',
  '41 d03': 'cortex-a53',
  '41 d07': 'cortex-a57',
  '41 d08': 'cortex-a72',
  '41 d0c': 'neoverse-n1',
  '41 d40': 'neoverse-v1',
  '41 d49': 'neoverse-n2',
};

/** The CPU that a witness saw, by name where it is known. */
export function nameCpu(id: string): string {
  const digits = id.replace(/^0x/, '').slice(-8).padStart(8, '0');
  return CPU_NAMES[`${digits.slice(0, 2)} ${digits.slice(4, 7)}`] ?? id;
}
