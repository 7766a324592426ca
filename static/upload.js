// Dropping a file and watching it go. Without this script the form posts as it is.
//
// <form data-upload> holds a .drop with the file input, a <progress hidden>, an element
// [data-upload-said role=status] and one [data-upload-refused]. The answer is JSON
// {"next": url}, a redirect, or the refused page as HTML. A button [data-folder hidden]
// chooses a folder, which is made into one zip.

function setUp(form) {
  const drop = form.querySelector(".drop");
  const input = form.querySelector('input[type="file"]');
  const progress = form.querySelector("progress");
  const said = form.querySelector("[data-upload-said]");
  const refused = form.querySelector("[data-upload-refused]");
  const name = form.querySelector("[data-upload-name]");
  if (!input) return;

  function say(text) {
    if (said) said.textContent = text ?? "";
  }

  function showName() {
    if (name) name.textContent = input.files[0]?.name ?? "";
  }

  // What a folder holds, as one zip in the place of the file.
  async function take(found) {
    const packer = await import(form.dataset.packer);
    const button = form.querySelector(".btn-main");
    list(refused, []);
    button.disabled = true;
    say(form.dataset.packing);
    try {
      const entries = packer.wanted(await found(packer));
      const size = entries.reduce((sum, { file }) => sum + file.size, 0);
      if (!entries.length || size > form.dataset.limit) {
        list(refused, [entries.length ? form.dataset.tooLarge : form.dataset.noParquet]);
        return;
      }
      const chosen = new DataTransfer();
      chosen.items.add(await packer.zipOf(entries, entries[0].path.split("/")[0]));
      input.files = chosen.files;
      showName();
    } catch {
      list(refused, [form.dataset.unread]);
    } finally {
      button.disabled = false;
      say("");
    }
  }

  const folder = form.querySelector("[data-folder]");
  if (folder) folder.hidden = false;
  folder?.addEventListener("click", () => {
    const picker = document.createElement("input");
    picker.type = "file";
    picker.webkitdirectory = true;
    picker.addEventListener("change", () => {
      const all = [...picker.files];
      take(() => all.map((file) => ({ path: file.webkitRelativePath, file })));
    });
    picker.click();
  });

  input.addEventListener("change", showName);
  for (const kind of ["dragenter", "dragover"]) {
    drop?.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop?.addEventListener(kind, () => drop.classList.remove("over"));
  }
  drop?.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    const entry = event.dataTransfer.items[0].webkitGetAsEntry?.();
    if (entry?.isDirectory) {
      take((packer) => packer.below(entry));
      return;
    }
    input.files = event.dataTransfer.files;
    showName();
  });

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button");
    button?.setAttribute("aria-busy", "true");
    if (refused) refused.replaceChildren();
    send(form, {
      progressed(part) {
        if (!progress) return;
        progress.hidden = false;
        progress.max = 1;
        progress.value = part;
        if (part === 1) say(form.dataset.checking);
      },
      ended(request) {
        button?.removeAttribute("aria-busy");
        if (progress) progress.hidden = true;
        say("");
        answer(form, refused, request);
      },
    });
    say(form.dataset.sending);
  });
}

function send(form, { progressed, ended }) {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json, text/html;q=0.9");
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) progressed(event.loaded / event.total);
  });
  request.addEventListener("loadend", () => ended(request));
  request.send(new FormData(form));
}

function answer(form, refused, request) {
  const kind = request.getResponseHeader("Content-Type") ?? "";
  const body = kind.includes("json") ? JSON.parse(request.responseText) : null;
  if (body?.next) {
    window.location.assign(body.next);
  } else if (body) {
    list(refused, Object.values(body.errors ?? {}).flat());
  } else if (request.status && kind.includes("html")) {
    const sent = new URL(form.action, window.location.href).href;
    if (request.status < 400 && request.responseURL !== sent) {
      window.location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const main = page.querySelector("main");
    if (main) document.querySelector("main").replaceWith(document.adoptNode(main));
    for (const next of document.querySelectorAll("form[data-upload]")) setUp(next);
    document.querySelector("[data-focus]")?.focus();
  } else {
    list(refused, [form.dataset.failed ?? ""]);
  }
}

function list(refused, sentences) {
  if (!refused) return;
  if (!sentences.length) {
    refused.replaceChildren();
    return;
  }
  const note = document.createElement("div");
  note.className = "note note-fail";
  note.setAttribute("role", "alert");
  const words = document.createElement("div");
  for (const sentence of sentences) {
    const line = document.createElement("p");
    // An error may come as a plain sentence or as {"message": sentence}.
    line.textContent = sentence.message ?? sentence;
    words.append(line);
  }
  note.append(document.createElement("span"), words);
  refused.replaceChildren(note);
}

for (const form of document.querySelectorAll("form[data-upload]")) setUp(form);
