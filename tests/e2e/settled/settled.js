// Finds what the page has not drawn yet: pictures that the document or a style sheet names, fonts,
// and running animations. Calls back with a list of what is missing; the list is empty once all of
// it was loaded and two more frames have been drawn.
const done = arguments[arguments.length - 1];
const IMAGES = [
    "background-image", "border-image-source", "clip-path", "content", "filter", "list-style-image",
    "mask-border-source", "mask-image", "shape-outside", "-webkit-mask-box-image-source", "-webkit-mask-image",
];
const BOXES = [null, "::before", "::after", "::backdrop", "::marker"];

// Each picture is decoded only once, however often this script runs. Pictures of style sheets are
// cached, so that the next style that names one finds it loaded.
const known = (window.settledPictures ??= new WeakMap());
const cache = (window.settledImages ??= new Map());
const lacking = (image, url) => {
    let entry = known.get(image);
    if (entry?.url !== url) {
        entry = { url, there: false, why: "" };
        known.set(image, entry);
        image.decode().then(
            () => (entry.there = true),
            (error) => (entry.why = ` (${error.message || error})`),
        );
    }
    return entry.there ? [] : [`${url}${entry.why}`];
};
const loaded = (url) => {
    if (!cache.has(url)) {
        const image = new Image();
        image.src = url;
        cache.set(url, image);
    }
    return cache.get(url);
};

// Computed styles have absolute URLs. References to parts of this document need no loading.
const addresses = (value) =>
    [...(value ?? "").matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)]
        .map(([, url]) => url.replace(/\\(.)/g, "$1"))
        .filter((url) => !url.startsWith("#") && !url.startsWith(`${location.href.split("#")[0]}#`));
const linked = (it) => new URL(it.href.baseVal, document.baseURI).href;
const named = () => {
    const urls = new Set();
    for (const it of document.querySelectorAll("*")) {
        if (it.checkVisibility && !it.checkVisibility()) continue;
        for (const box of BOXES) {
            const style = getComputedStyle(it, box);
            for (const name of IMAGES) {
                const value = style.getPropertyValue(name);
                if (value.includes("url(")) for (const url of addresses(value)) urls.add(url);
            }
        }
        if (it.matches("svg image, svg feImage")) urls.add(linked(it));
        if (it.matches("video[poster], input[type=image]")) urls.add(it.poster || it.src);
    }
    return urls;
};

const images = () =>
    [...document.images].flatMap((it) => {
        const url = it.currentSrc || it.src;
        if (it.complete) return url ? lacking(it, url) : [];
        return [url || it.srcset || it.outerHTML];
    });
// What an SVG `<use>` references is loaded as a document; only its size shows that it is loaded.
const uses = () =>
    [...document.querySelectorAll("svg use")]
        .filter((it) => !it.href.baseVal.startsWith("#"))
        .filter((it) => !it.getBBox().width && !it.getBBox().height)
        .map(linked);
const fonts = () => {
    const faces = [...document.fonts].filter((it) => it.status === "loading" || it.status === "error");
    const list = faces.map((it) => `the font ${it.family} ${it.weight} ${it.unicodeRange} (${it.status})`);
    return list.length || document.fonts.status === "loaded" ? list : ["the fonts"];
};
const moving = () =>
    document
        .getAnimations()
        .filter((it) => it.playState === "running")
        .map((it) => {
            const { target, pseudoElement } = it.effect ?? {};
            const what = it.animationName ?? it.transitionProperty ?? it.id;
            return `the end of ${what} at ${target?.localName}.${target?.className}${pseudoElement ?? ""}`;
        });
const missing = () => {
    // A layout makes the browser request the fonts that it needs.
    document.documentElement.getBoundingClientRect();
    const pictures = [...named()].flatMap((url) => lacking(loaded(url), url));
    return [...new Set([...pictures, ...images(), ...uses(), ...fonts(), ...moving()])];
};
const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
const drawn = async () => {
    for (const step of [frame, frame]) {
        const list = missing();
        if (list.length) return list;
        await step();
    }
    return missing();
};
const late = new Promise((resolve) => setTimeout(() => resolve(["a frame to be drawn"]), 5000));
Promise.race([drawn(), late]).then(done, (error) => done([String(error)]));
