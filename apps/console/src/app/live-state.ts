const pollMs = 15_000;
/** Beside a stream the screens still look by themselves, in case something is changed that nobody announces. */
const besideStreamMs = 60_000;

let isLive = false;

export function setLive(next: boolean): void {
  isLive = next;
}

/** How often live screens ask by themselves. Hidden tabs do not ask. */
export function liveIntervalMs(): number {
  return isLive ? besideStreamMs : pollMs;
}
