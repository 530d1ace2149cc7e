// Shifts both clocks of the page by a number of milliseconds that a test sets.
(() => {
  if (!globalThis.testClocks) {
    const steadyNow = performance.now.bind(performance);
    const wallNow = Date.now;
    const clocks = { steady: 0, wall: 0, disturb };
    globalThis.testClocks = clocks;
    performance.now = () => steadyNow() + clocks.steady;
    Date.now = () => wallNow() + clocks.wall;

    let looks = 0;
    let seen = 0;
    function disturb() {
      clocks.wall += 10_000; // a short sleep
      if (looks > 0) return;
      looks = 1;
      Date.now = () => {
        looks += 1;
        if (looks % 5 === 0) clocks.wall += 1_500;
        // Not after a jump that the test made: a sleep that ends in a step back can't be detected.
        if (looks % 7 === 0 && clocks.wall - seen < 2_000) clocks.wall -= 3_600_000;
        seen = clocks.wall;
        return wallNow() + clocks.wall;
      };
      const next = globalThis.setTimeout;
      globalThis.setTimeout = (callback, delay = 0, ...rest) => next(callback, delay + 30, ...rest);
    }
  }
  return globalThis.testClocks;
})();
