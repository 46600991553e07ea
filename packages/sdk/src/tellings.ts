/** What the application may want to write to its log. */
export interface Tellings {
  /** Told of every attempt that failed; what it was about is kept and sent again. */
  onDeliveryFailed?: ((error: unknown) => void) | undefined;
  /** Told when the journal cannot be written or read: what is pending is in memory alone then. */
  onJournalFailed?: ((error: unknown) => void) | undefined;
}

/** A telling that throws must not keep what it was told about from being settled. */
export function tell(telling: () => void): void {
  try {
    telling();
  } catch {
    // Nobody is left to be told.
  }
}
