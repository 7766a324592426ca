// What every page needs beyond plain links and forms. Nothing here is required to read.

const root = document.documentElement;

function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") {
    event.detail.headers["X-CSRFToken"] = csrfToken();
  }
});

// A failed autosave leaves the answer as typed; the page's own words say so.
function toggleUnsaved(event, failed) {
  const box = event.target.closest?.("[data-autosave]");
  const warning = box?.querySelector("[data-unsaved]");
  if (!warning) return;
  const signedOut = failed && event.detail.xhr?.status === 401;
  warning.hidden = !failed || signedOut;
  box.querySelector("[data-signed-out]").hidden = !signedOut;
}
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => toggleUnsaved(event, true));
}
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful !== false) toggleUnsaved(event, false);
});

// A part that could not be loaded says so, with a way to try again.
function toggleFailed(event, failed) {
  const box = event.target.closest?.("[data-lazy]");
  if (!box) return;
  box.querySelector("[data-failed]").hidden = !failed;
  box.querySelector(".part-wait").hidden = failed;
}
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => toggleFailed(event, true));
}
document.addEventListener("htmx:beforeRequest", (event) => toggleFailed(event, false));

// One answer at a time: a number, a word, or why the question does not apply.
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-autosave]");
  if (!form) return;
  const { name, value } = event.target;
  const chosen = form.querySelector('[type="radio"]:checked');
  const number = form.querySelector('[name="number"]');
  const aside = form.querySelector('[name="aside"]');
  if (name === "because" && value) aside.checked = true;
  if (aside?.checked && ["value", "number"].includes(name)) aside.checked = false;
  if (name === "number" && value && chosen) chosen.checked = false;
  if (name === "value" && number) number.value = "";
});
// Set aside, but no reason yet: ask for it instead of sending.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target;
  if (!form.matches?.("[data-autosave]")) return;
  const because = form.querySelector('[name="because"]');
  if (form.querySelector('[name="aside"]')?.checked && !because.value.trim()) {
    event.preventDefault();
    because.focus();
  }
});

// What hangs on a question opens below it; the second press closes it.
document.addEventListener("htmx:beforeRequest", (event) => {
  const opener = event.target;
  if (!opener.matches?.('a[aria-controls^="more-"]')) return;
  const box = document.getElementById(opener.getAttribute("aria-controls"));
  if (box?.firstElementChild && opener.classList.contains("q-open")) {
    event.preventDefault();
    box.replaceChildren();
  }
});

// A link to a question within something folded unfolds it.
function unfold() {
  const place = document.getElementById(location.hash.slice(1));
  if (!place?.closest("details:not([open])")) return;
  for (let at = place; at; at = at.parentElement) {
    if (at.matches("details")) at.open = true;
  }
  place.scrollIntoView();
}
window.addEventListener("hashchange", unfold);
unfold();

// A search has been answered while it was typed: leaving its field asks nothing anew.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches?.('.sift [type="search"]')) event.stopPropagation();
  },
  true,
);

// Polling rests while nobody looks, and where it says so while a link in it has the focus.
document.addEventListener("htmx:beforeRequest", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-poll]")) return;
  const held = box.dataset.poll === "gentle" && box.contains(document.activeElement);
  if (document.hidden || held) event.preventDefault();
});

// A part that waits for work asks again soon at first, then ever more seldom. Only a new
// step is told to those who listen, and nobody loses the focus to it.
const SOON = 2_000;
const SELDOM = 10_000;
const paces = new Map();

function again(box, wait) {
  setTimeout(() => {
    if (!box.isConnected) return;
    if (document.hidden || box.contains(document.activeElement)) again(box, wait);
    else window.htmx.trigger(box, "again");
  }, wait);
}

function follow(box) {
  const { step } = box.dataset;
  const before = paces.get(box.id);
  const isNew = before?.step !== step;
  const wait = isNew ? SOON : Math.min(before.wait * 1.5, SELDOM);
  paces.set(box.id, { step, wait });
  if (isNew && before) document.getElementById("heard").textContent = step;
  if (box.hasAttribute("hx-get")) again(box, wait);
}
document.addEventListener("htmx:load", (event) => {
  const loaded = event.target;
  if (loaded.matches("[data-step]")) follow(loaded);
  for (const box of loaded.querySelectorAll("[data-step]")) follow(box);
});
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (event.target.matches?.("[data-step]")) again(event.target, SELDOM);
  });
}

// Openers work by script only, so they show by script only; copying likewise.
for (const opener of document.querySelectorAll("[data-open], [data-copy]")) {
  opener.hidden = false;
}

// Without a clipboard (plain http elsewhere) the text is chosen, ready to be copied.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    document.getElementById(button.dataset.said).hidden = false;
  } catch {
    text.focus();
  }
});

// What is still being loaded comes along, unless it takes too long.
async function print() {
  const waits = [];
  document.dispatchEvent(new CustomEvent("print:soon", { detail: waits }));
  const enough = new Promise((done) => setTimeout(done, 10_000));
  if (waits.length) await Promise.race([Promise.allSettled(waits), enough]);
  window.print();
}
document.addEventListener("print:asked", print);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
      // The safe button, so that a hasty Enter loses nothing.
      dialog.querySelector("[data-close]")?.focus();
    }
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
  if (event.target.closest("[data-print]")) print();
  for (const menu of document.querySelectorAll("details.me[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.me[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A second press of a button that already sends would send twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.defaultPrevented) return;
  if (button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll('[aria-busy="true"]')) {
    button.removeAttribute("aria-busy");
  }
});

// The theme button takes effect at once; the form still posts and remembers it.
document.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "theme") return;
  const theme = event.submitter.value;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
});

// The demo's sign-ins fill the form; signing in stays a press of its own.
document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-fill]");
  if (!chosen) return;
  document.querySelector('input[name="login"]').value = chosen.dataset.fill;
  document.querySelector('input[name="password"]').value = chosen.dataset.fillPassword;
  document.querySelector(".login .btn-main").focus();
});

document.querySelector("[data-focus]")?.focus();
const tab = document.querySelector('.tabs [aria-current="page"]');
if (tab) {
  const strip = tab.parentElement;
  strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
}

// Of a strip that scrolls sideways, what takes the focus is drawn wholly into sight.
document.addEventListener("focusin", (event) => {
  if (!event.target.closest(".tabs, .top-nav")) return;
  event.target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
