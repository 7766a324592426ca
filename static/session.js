// Before a session ends its reader is asked. Once it has ended, nothing is sent any more,
// so that what they typed stays until they have signed in again in another tab.

const box = document.getElementById("session");
// Seconds, as the page says it.
const WARNED = 120;
// A machine that slept, or a server that was away, is asked about again.
const A_DAY = 86_400;
const SOON = 30;
let ended = false;
let timer = 0;
let due = 0;

function show(name) {
  ended = name === "ended";
  for (const part of box.querySelectorAll("[data-when]")) {
    part.hidden = part.dataset.when !== name;
  }
  box.hidden = !name;
}

function wait(seconds) {
  clearTimeout(timer);
  const wanted = Math.min(Math.max(seconds, 1), A_DAY) * 1000;
  due = Date.now() + wanted;
  timer = setTimeout(() => ask("GET", box.dataset.asks), wanted);
}

function tell(left) {
  show(left > WARNED ? "" : "ends");
  wait(left > WARNED ? left - WARNED : left + 1);
}

function take(token) {
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of document.querySelectorAll('[name="csrfmiddlewaretoken"]')) {
    field.value = token;
  }
}

async function ask(method, address) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  try {
    const answer = await fetch(address, {
      method,
      redirect: "manual",
      headers: { "X-CSRFToken": token },
    });
    // Whoever is signed out is led on to sign in.
    if (answer.type === "opaqueredirect") return show("ended");
    if (!answer.ok) return wait(SOON);
    const told = await answer.json();
    take(told.token);
    tell(told.left);
  } catch {
    wait(SOON);
  }
}

box.querySelector("[data-stay]").addEventListener("click", () => {
  ask("POST", box.dataset.renews);
});
// Timers stand still while a machine sleeps; and one comes back from signing in.
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !(ended || Date.now() > due)) return;
  ask("GET", box.dataset.asks);
});
document.addEventListener(
  "submit",
  (event) => {
    if (!ended || event.target.method === "get") return;
    event.preventDefault();
    event.stopPropagation();
    box.querySelector("a").focus();
  },
  true,
);
tell(Number(box.dataset.left));
