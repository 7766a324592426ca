// The operating point moves without a request: every stored point came with the page,
// in words already, so the script only looks up and never reckons.

const box = document.querySelector("[data-explorer]");
const known = JSON.parse(document.getElementById("explorer-points").textContent);
const slider = box.querySelector("[data-explorer-slider]");
const typed = box.querySelector("[data-explorer-at]");
const segments = box.querySelector("[data-explorer-segment]");
const hidden = box.querySelector("[data-explorer-hidden]");
const said = box.querySelector("[data-explorer-said]");
const chart = box.querySelector("[data-chart]");
let segment = known.segment;
let place = known.place;
let waiting = 0;

box.querySelector("[data-explorer-slide]").hidden = false;
box.querySelector("[data-explorer-send]").hidden = true;

function view() {
  return known.views[segment];
}

// The stored point at or next above what was typed, the last one beyond all.
function placeOf(at, name = segment) {
  const points = known.views[name].at;
  const found = points.findIndex((one) => one >= at);
  return found < 0 ? points.length - 1 : found;
}

function tell() {
  const texts = view().texts[place];
  for (const one of box.querySelectorAll("[data-explorer-text]")) {
    one.textContent = texts[Number(one.dataset.explorerText)];
  }
  box.querySelector("[data-explorer-inside]").hidden = texts[9] !== true;
  box.querySelector("[data-explorer-outside]").hidden = texts[9] !== false;
  slider.max = view().at.length - 1;
  slider.value = place;
  slider.setAttribute("aria-valuetext", texts[0]);
  // A segment's points are its own; what is accepted is a point of the whole file.
  if (hidden) hidden.value = known.views[""].at[placeOf(view().at[place], "")];
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(move);
}

function move() {
  if (!window.Plotly || chart.dataset.drawn !== "yes") return;
  const { at, lines } = view();
  const count = lines.length;
  const traces = [...lines.keys()];
  const change = { x: lines.map(() => at), y: [...lines] };
  change.x.push([at[place]]);
  change.y.push([lines[0][place]]);
  traces.push(count);
  const layout = {
    "shapes[0].x0": at[place],
    "shapes[0].x1": at[place],
    "annotations[0].x": at[place],
  };
  window.Plotly.update(chart, change, layout, traces);
}

slider.addEventListener("input", () => {
  place = Number(slider.value);
  typed.value = view().at[place];
  tell();
});

typed.addEventListener("input", () => {
  if (typed.value === "") return;
  place = placeOf(Number(typed.value));
  tell();
});

for (const field of [slider, typed]) {
  field.addEventListener("change", () => {
    said.textContent = view().texts[place].slice(0, 9).filter(Boolean).join(", ");
  });
}

segments?.addEventListener("change", () => {
  const at = view().at[place];
  segment = segments.value;
  place = placeOf(at);
  typed.value = view().at[place];
  tell();
});

// Enter in the number field shows the point; without a script it sends the form.
box.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
chart.addEventListener("drawn", move);
