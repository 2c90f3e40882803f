/** Quotes a word of a command for a POSIX shell, if it has a character that a shell would not leave as it is. */
export function shellQuoted(word: string): string {
  return /^[\p{L}\p{N}_.,:/@%+=-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
