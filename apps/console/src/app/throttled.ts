/** Runs at once, then at most once per `everyMs`; what is asked for in between happens once at the end of it. */
export function throttled(run: () => void, everyMs: number): () => void {
  let isResting = false;
  let isAsked = false;
  function rest(): void {
    isResting = true;
    setTimeout(() => {
      isResting = false;
      if (!isAsked) return;
      isAsked = false;
      run();
      rest();
    }, everyMs);
  }
  return () => {
    if (isResting) {
      isAsked = true;
      return;
    }
    run();
    rest();
  };
}
