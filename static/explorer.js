// The operating point moves without a request: every stored point came with the page,
// in words already, so the script only looks up and never reckons. Another segment is
// another part, which the server sends whole.

function explore(box) {
  const known = JSON.parse(box.querySelector("#explorer-points").textContent);
  const slider = box.querySelector("[data-explorer-slider]");
  const typed = box.querySelector("[data-explorer-at]");
  const hidden = box.querySelector("[data-explorer-hidden]");
  const said = box.querySelector("[data-explorer-said]");
  const chart = box.querySelector("[data-chart]");
  let place = known.place;
  let waiting = 0;

  box.querySelector("[data-explorer-slide]").hidden = false;
  box.querySelector("[data-explorer-send]").hidden = true;

  // The stored point at or next above what was typed, the last one beyond all.
  function placeOf(at, points = known.at) {
    const found = points.findIndex((one) => one >= at);
    return found < 0 ? points.length - 1 : found;
  }

  function tell() {
    const texts = known.texts[place];
    for (const one of box.querySelectorAll("[data-explorer-text]")) {
      one.textContent = texts[Number(one.dataset.explorerText)];
    }
    box.querySelector("[data-explorer-inside]").hidden = texts[9] !== true;
    box.querySelector("[data-explorer-outside]").hidden = texts[9] !== false;
    slider.value = place;
    slider.setAttribute("aria-valuetext", texts[0]);
    // A segment's points are its own; what is accepted is a point of the whole file.
    const whole = known.whole ?? known.at;
    if (hidden) hidden.value = whole[placeOf(known.at[place], whole)];
    // What was said of the point before is said again once the hand rests.
    for (const one of box.querySelectorAll("[data-explorer-chosen]")) one.hidden = true;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(move);
  }

  function move() {
    if (!window.Plotly || chart.dataset.drawn !== "yes") return;
    const { at, lines } = known;
    window.Plotly.update(
      chart,
      { x: [[at[place]]], y: [[lines[0][place]]] },
      {
        "shapes[0].x0": at[place],
        "shapes[0].x1": at[place],
        "annotations[0].x": at[place],
      },
      [lines.length],
    );
  }

  slider.addEventListener("input", () => {
    place = Number(slider.value);
    typed.value = known.at[place];
    tell();
  });

  typed.addEventListener("input", () => {
    if (typed.value === "") return;
    place = placeOf(Number(typed.value));
    tell();
  });

  for (const field of [slider, typed]) {
    field.addEventListener("change", () => {
      said.textContent = known.texts[place].slice(0, 9).filter(Boolean).join(", ");
      // The verdicts there are judged by the server, by the rule that judges runs.
      box.querySelector("[data-explorer-lost]").dispatchEvent(new Event("moved"));
    });
  }

  // Enter in the number field shows the point; without a script it sends the form.
  box.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  chart.addEventListener("drawn", move);
}

// At first, and for each part that comes in its place.
function start(place) {
  for (const box of place.querySelectorAll("[data-explorer]:not([data-explored])")) {
    box.setAttribute("data-explored", "");
    explore(box);
  }
}

document.addEventListener("htmx:load", (event) => {
  start(event.detail.elt.parentElement ?? document);
});
start(document);
