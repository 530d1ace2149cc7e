// Loaded where the page did not start: by browsers that know no modules, and when its module could not be made. Says so
// when it is the browser's fault. Any other fault may pass, and what index.html shows then is enough.
(function () {
  // A function that hands a reference out, and fills memory: what the page needs and old browsers lack.
  var module = [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 111, 3, 2, 1, 0, 5, 3, 1, 0, 1, 10, 15, 1, 13, 0, 65, 0, 65, 0, 65, 0,
    252, 11, 0, 208, 111, 11,
  ];
  var runs = typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(module));
  var page = document.getElementById("page");
  var line = page && page.querySelector(".waiting");
  if (runs || !line) return;
  // The network is not to blame.
  var late = page.querySelector(".late");
  if (late) page.removeChild(late);
  line.setAttribute("role", "alert");
  line.textContent =
    "这个浏览器太旧了，打不开种植园。请更新它，或更新系统的网页组件：需要 Chromium 96、Safari 15.4 或更新的版本。 ";
  var english = document.createElement("span");
  english.lang = "en";
  english.textContent =
    "This browser is too old for the orchard. Please update it, or the system's web view: Chromium 96, Safari 15.4 or newer.";
  line.appendChild(english);
})();
