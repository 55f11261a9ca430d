/** Decoders print every damaged packet to the console; the user is told once, in words, by a warning. The work is done within one turn, so that nobody else is silenced. */
export function quiet<T>(work: () => T): T {
  const { error, warn } = console;
  console.error = console.warn = () => {};
  try {
    return work();
  } finally {
    Object.assign(console, { error, warn });
  }
}
