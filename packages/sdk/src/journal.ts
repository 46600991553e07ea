/**
 * Where what the server has not acknowledged survives the end of this process. `fileJournal` keeps it in a folder;
 * a runtime without files may bring another one.
 */
export interface Journal {
  /** A journal of its own below that name. */
  open(name: string): JournalFiles;
}

/** Lines in segments: appended, read as a whole, and removed as a whole once everything in them is delivered. */
export interface JournalFiles {
  /** Resolves with the segment once the lines would survive a power cut. */
  append(lines: readonly string[]): Promise<string>;
  /** The next lines go to another segment. */
  rotate(): void;
  read(segment: string): Promise<string[]>;
  /** Does nothing when it is gone already. */
  remove(segment: string): Promise<void>;
  /** Keeps a segment with lines that nobody can read for a person to look at. */
  setAside(segment: string): Promise<void>;
  /** Takes over what processes have left behind that no longer run; oldest first. */
  takeLeftOvers(): Promise<string[]>;
  /** What this process still holds may be taken over by any other one. */
  release(): Promise<void>;
}
