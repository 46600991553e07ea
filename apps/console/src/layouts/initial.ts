/** First letter of a name, for the square beside it. */
export function initial(name: string): string {
  return (name.trim()[0] ?? '?').toUpperCase();
}
