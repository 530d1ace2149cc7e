import init from "./gallery.js";

// Loaded before anything is shown, so that no picture is taken in another font.
const faces = [400, 700].flatMap((weight) => ["orchard", "种植园"].map((text) => [`${weight} 16px Gallery`, text]));
await Promise.all(faces.map(([font, text]) => document.fonts.load(font, text)));
await init();
