// The chat page: sends what a person writes until it is stored, and shows what the server tells of.
"use strict";

const log = document.getElementById("log");
const status = document.getElementById("status");
const form = document.getElementById("write");
const text = document.getElementById("text");
const FORGET_AFTER = 15 * 60 * 1000; // ms: a phone may be in other hands by then
const LEAVING = "leaving";

let words = {};
let unsent = []; // messages that the server has not yet said it has
let sending = false;
let stream = null;
let last = "";
let online = true;
let known = false; // whether the server has anything of this person
let forgetting = 0;

function post(path, body) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Chat": "1" },
    body: JSON.stringify(body),
    keepalive: true,
  });
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // no randomUUID without https
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

function tell(name) {
  status.hidden = !name;
  status.textContent = name ? words[name] || "" : "";
}

function showConnection(is) {
  online = is;
  tell(is ? "" : "offline");
}

// ---- Sending: one at a time, in order, again and again until it is stored -----------------------------------------

function send(message, title) {
  const delivery = newId();
  unsent.push({ ...message, delivery });
  if (title) addOwn(title, delivery, true);
  flush();
}

async function flush() {
  if (sending) return;
  sending = true;
  while (unsent.length) {
    try {
      const answer = await post("/chat/messages", unsent[0]);
      if (answer.ok) {
        unsent.shift();
        tell("");
        continue;
      }
      if (answer.status === 403) { location.reload(); break; }
      if (answer.status === 429) tell("too_fast");
      else if (answer.status < 500) { unsent.shift(); continue; } // this one will never be taken
    } catch {
      showConnection(false);
    }
    await new Promise((done) => setTimeout(done, 2000));
  }
  sending = false;
}

// ---- Showing --------------------------------------------------------------------------------------------------------

function bubble(own, content, language, direction) {
  const box = document.createElement("div");
  box.className = own ? "bubble own" : "bubble";
  box.tabIndex = -1;
  if (language) box.lang = language;
  const said = document.createElement("p");
  said.dir = direction || "auto";
  if (direction) box.dir = direction;
  said.textContent = content;
  box.append(said);
  return box;
}

// A text read aloud. What stands beside it marks a voice that a computer made.
function player(name) {
  const audio = document.createElement("audio");
  audio.controls = true;
  audio.preload = "none";
  audio.src = `/chat/audio/${name}`;
  audio.setAttribute("aria-label", words.audio || "");
  return audio;
}

function add(box) {
  const near = innerHeight + scrollY > document.body.scrollHeight - 200;
  log.append(box);
  // A message too tall to be seen whole is read from its beginning.
  const tall = box.offsetHeight > innerHeight * 0.7;
  if (near || box.classList.contains("own")) box.scrollIntoView({ block: tall ? "start" : "end" });
  clearTimeout(forgetting);
  forgetting = setTimeout(forget, FORGET_AFTER);
}

function addOwn(content, delivery, isUnsent) {
  const known = document.querySelector(`[data-delivery="${CSS.escape(delivery)}"]`);
  if (known) {
    if (!isUnsent) known.classList.remove("unsent");
    return;
  }
  const box = bubble(true, content);
  box.dataset.delivery = delivery;
  if (isUnsent) box.classList.add("unsent");
  add(box);
}

function addMessage(message) {
  const box = bubble(false, message.text, message.language, message.direction);
  if (message.audio) {
    if (!message.text) box.firstChild.remove();
    box.append(player(message.audio));
  }
  if (message.choices.length) {
    closeChoices(box);
    for (const group of ["answer", "control"]) {
      const choices = message.choices.filter((choice) => choice.group === group);
      if (choices.length) box.append(rowOf(choices, group));
    }
  }
  const wasInChoices = box.dataset.takesFocus;
  add(box);
  if (wasInChoices) box.focus({ preventScroll: true });
}

function rowOf(choices, group) {
  const row = document.createElement("div");
  row.className = group === "control" ? "choices controls" : "choices";
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", words.choices || "");
  for (const choice of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = choice.title;
    if (choice.title === "✕") button.setAttribute("aria-label", words.leave);
    button.addEventListener("click", () => press(button, choice));
    row.append(button);
  }
  return row;
}

function press(button, choice) {
  if (choice.title === "✕") { leave(); return; }
  for (const other of button.closest(".bubble").querySelectorAll("button")) other.removeAttribute("aria-pressed");
  button.setAttribute("aria-pressed", "true");
  send({ button: choice.id }, "");
}

// New choices take the place of those above the person's last message; what came in the same answer stays. The focus
// goes to the new message if it was on a button that goes.
function closeChoices(box) {
  const own = [...log.querySelectorAll(".own")].pop();
  for (const row of log.querySelectorAll(".choices")) {
    if (!own || row.compareDocumentPosition(own) & Node.DOCUMENT_POSITION_PRECEDING) continue;
    if (row.contains(document.activeElement)) box.dataset.takesFocus = "1";
    row.remove();
  }
}

function forget() {
  log.replaceChildren();
  tell("resumed");
}

function setPage(page) {
  words = page.words;
  document.documentElement.lang = page.language;
  document.documentElement.dir = page.direction;
  document.title = words.title;
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = words[place.dataset.word];
  text.placeholder = words.placeholder;
  text.setAttribute("aria-label", words.placeholder);
  log.setAttribute("aria-label", words.messages);
}

// ---- Listening ------------------------------------------------------------------------------------------------------

function listen() {
  stream = new EventSource(`/chat/stream?last=${encodeURIComponent(last)}`);
  stream.addEventListener("open", () => { if (!online) showConnection(true); flush(); });
  stream.addEventListener("begin", (event) => {
    const page = JSON.parse(event.data);
    if (known && !page.known) { location.replace("/blank"); return; } // left in another tab, or long forgotten
    known = page.known;
    last = event.lastEventId;
    setPage(page);
    const waiting = log.querySelectorAll(".unsent");
    log.replaceChildren(...waiting);
    if (page.hidden) tell("resumed");
    else if (!known && !unsent.length) send({ start: true }, "");
  });
  stream.addEventListener("page", (event) => setPage(JSON.parse(event.data)));
  stream.addEventListener("message", (event) => {
    last = event.lastEventId;
    const message = JSON.parse(event.data);
    if (message.own) addOwn(message.text, message.delivery, false);
    else addMessage(message);
  });
  stream.addEventListener("error", () => {
    showConnection(false);
    if (stream.readyState !== EventSource.CLOSED) return;
    // Refused before anything was shown: an answer to leaving came late and took back this page's cookie.
    setTimeout(last ? listen : () => location.reload(), 3000);
  });
}

// ---- Leaving: at once, without a question, with no way back through the history --------------------------------------

function leave() {
  // If the server cannot be reached now, the next visit from this browser begins with this.
  try { localStorage.setItem(LEAVING, "1"); } catch { /* no storage: the request below has to do */ }
  post("/chat/exit", {}).then((answer) => { if (answer.ok) localStorage.removeItem(LEAVING); }).catch(() => {});
  log.replaceChildren();
  location.replace("/blank");
}

async function finishLeaving() {
  let pending = null;
  try { pending = localStorage.getItem(LEAVING); } catch { /* no storage, nothing pending */ }
  if (!pending) return;
  const answer = await post("/chat/exit", {});
  if (answer.ok) {
    localStorage.removeItem(LEAVING);
    location.reload();
  }
}

// ---- The form --------------------------------------------------------------------------------------------------------

function submit() {
  const content = text.value.trim();
  if (!content) return;
  text.value = "";
  fit();
  tell(online ? "" : "offline");
  send({ text: content }, content);
}

function fit() {
  text.style.blockSize = "auto";
  text.style.blockSize = `${text.scrollHeight + 2}px`;
}

function refuseFiles(event, transfer) {
  if (!transfer || !transfer.files.length) return;
  event.preventDefault();
  tell("no_files");
}

form.addEventListener("submit", (event) => { event.preventDefault(); submit(); text.focus(); });
text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
});
document.addEventListener("paste", (event) => refuseFiles(event, event.clipboardData));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => { event.preventDefault(); refuseFiles(event, event.dataTransfer); });
document.getElementById("leave").addEventListener("click", leave);
addEventListener("offline", () => showConnection(false));
addEventListener("online", () => flush());
// A page brought back by the Back button must not show what was left.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

finishLeaving().catch(() => {}).finally(listen);
