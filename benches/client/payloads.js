// The events that are sent in both directions. Sizes are those of a whole frame on the wire, in
// bytes.

const KINDS = ["apple", "peach", "pear", "cherry", "plum", "walnut"];
const KINDS_IN_CHINESE = ["苹果树", "桃树", "梨树", "樱桃树", "李子树", "核桃树"];

/** 66 B: the most frequent event of the orchard page. */
export function small(number = 0) {
  return { count: 10_000 + (number % 1000), sid: "AbCdEfGhIjKlMnOpQrSt" };
}

/** Returns this many trees of 113 B each: 8 are 1 KB, 265 are 30 KB. */
export function trees(count, kinds = KINDS) {
  const random = generator(7);
  const day = Date.UTC(2026, 2, 14);
  return {
    owner: "k3jx9q2m",
    trees: Array.from({ length: count }, (_, index) => ({
      id: 100_000 + index,
      kind: kinds[index % kinds.length],
      owner: Math.floor(random() * 36 ** 8).toString(36).padStart(8, "0"),
      stage: Math.floor(random() * 5),
      water: Math.round(random() * 1000) / 1000,
      ripe: random() < 0.3,
      planted: new Date(day + Math.floor(random() * 1e10)).toISOString(),
    })),
  };
}

export const garden = () => trees(8);
export const orchard = () => trees(265);
/** The same with Chinese text: two bytes per character in JavaScript, three in UTF-8. */
export const chineseOrchard = () => trees(245, KINDS_IN_CHINESE);

/**
 * Returns an event as the server frames it, as a flat string: a concatenated one would be flattened in
 * the measured time.
 */
export function frame(event, value, namespace = "/") {
  const place = namespace === "/" ? "" : `${namespace},`;
  return inOnePiece(`42${place}${JSON.stringify([event, value])}`);
}

/** Returns an acknowledgement. */
export function ackFrame(id, value) {
  return inOnePiece(`43${id}${JSON.stringify([value])}`);
}

function inOnePiece(text) {
  return new TextDecoder().decode(new TextEncoder().encode(text));
}

/** A seeded generator of numbers. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
