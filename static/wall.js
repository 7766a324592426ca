// Turns the pages of a board that does not fit, and says when what it shows is old.
// A page takes the other's place at once: nothing moves, whatever the reader has set,
// and no engagement is hidden from a screen whose computer asks for less motion.

const OLD = 5 * 60 * 1000;
const TURN = 15 * 1000;
let renewed = Date.now();
let place = 0;
let held = false;
let focused = false;

function show() {
  const list = document.querySelector(".wall-tiles");
  if (!list) return;
  const tiles = [...list.children];
  for (const tile of tiles) tile.hidden = false;
  const style = getComputedStyle(list);
  const columns = style.gridTemplateColumns.split(" ").length;
  const gap = Number.parseFloat(style.rowGap) || 0;
  const tallest = Math.max(...tiles.map((tile) => tile.offsetHeight));
  const room = window.innerHeight - list.getBoundingClientRect().top;
  const rows = Math.max(1, Math.floor((room + gap) / (tallest + gap)));
  const fit = columns * rows;
  const pages = Math.ceil(tiles.length / fit);
  place %= pages;
  tiles.forEach((tile, number) => {
    tile.hidden = Math.floor(number / fit) !== place;
  });
  const turn = document.getElementById("turn");
  turn.hidden = pages <= 1;
  turn.setAttribute("aria-pressed", held);
  turn.querySelector("[data-turn]").textContent = `${place + 1} / ${pages}`;
}

function watch() {
  const old = document.getElementById("old");
  const late = Date.now() - renewed > OLD;
  if (late && old.hidden) {
    old.querySelector("[data-from]").textContent =
      document.querySelector("[data-renewed]").textContent;
    old.hidden = false;
    show();
  } else if (!late && !old.hidden) {
    old.hidden = true;
    show();
  }
}

// Nothing is asked for while nobody can look; then at once.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) window.htmx?.trigger("#board", "wake");
});

document.addEventListener("htmx:beforeSwap", () => {
  focused = document.activeElement?.id === "turn";
});
document.addEventListener("htmx:afterSwap", () => {
  renewed = Date.now();
  show();
  // The button is another one now, and was hidden until it was known to be needed.
  if (focused) document.getElementById("turn").focus();
  watch();
});
window.addEventListener("resize", show);
document.addEventListener("click", (event) => {
  if (!event.target.closest("#turn")) return;
  held = !held;
  show();
});
setInterval(() => {
  if (held) return;
  place += 1;
  show();
}, TURN);
setInterval(watch, 5000);
show();
