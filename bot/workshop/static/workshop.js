// The workshop page: shows a saved catalogue at once, moves through the strings by keyboard, records.
"use strict";

const EVERY = 700; // ms between looks whether the catalogue was saved

// ---- Showing what was saved -----------------------------------------------------------------------------------------

let recorder = null;

async function look() {
  const shop = document.querySelector(".shop");
  if (!shop) return;
  try {
    const answer = recorder ? null : await fetch(`/${shop.dataset.language}/stamp`);
    if (answer && answer.ok && (await answer.text()) !== shop.dataset.stamp) await renew();
  } catch { /* the workshop was stopped: the next look may find it again */ }
  setTimeout(look, EVERY);
}

async function renew() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = document.getElementById("strings").scrollTop;
  const focused = document.activeElement?.dataset?.string;
  document.querySelector(".shop").replaceWith(document.adoptNode(fresh.querySelector(".shop")));
  document.getElementById("strings").scrollTop = list;
  if (focused) document.querySelector(`[data-string="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  showMarks();
}

// Each talk stands at the marked string, or else at its end.
function showMarks() {
  for (const talk of document.querySelectorAll(".talk")) {
    const marks = talk.querySelectorAll("mark");
    const last = marks[marks.length - 1];
    const place = last ? last.getBoundingClientRect().top - talk.getBoundingClientRect().top : talk.scrollHeight;
    talk.scrollTop += place - talk.clientHeight / 3;
  }
}

// ---- Up and down the list -------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.target.closest("input, select, textarea, .screen")) return;
  const all = [...document.querySelectorAll(".strings a")];
  const now = all.findIndex((one) => one === document.activeElement || one.hasAttribute("aria-current"));
  const next = all[now + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  location.href = next.href;
});

// ---- Recording: samples from the microphone, sent as a WAV file -----------------------------------------------------

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const box = button.closest(".audio");
  const address = box.dataset.audio;
  if (button.dataset.do === "listen") new Audio(`${address}?${Date.now()}`).play();
  if (button.dataset.do === "record") await record(box);
  if (button.dataset.do === "stop") await keep(box, address);
  if (button.dataset.do === "spoken") await send(box, `${address}?spoken=1`, null);
});

async function record(box) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    const context = new AudioContext();
    await context.audioWorklet.addModule("/static/samples.js");
    const node = new AudioWorkletNode(context, "samples", { numberOfOutputs: 0 });
    const taken = [];
    node.port.onmessage = (message) => taken.push(message.data);
    context.createMediaStreamSource(stream).connect(node);
    recorder = { stream, context, taken };
  } catch {
    tell(box, "The microphone cannot be used: allow it for this page.");
    return;
  }
  swap(box, true);
  tell(box, "Recording…");
}

async function keep(box, address) {
  const { stream, context, taken } = recorder;
  for (const track of stream.getTracks()) track.stop();
  const rate = context.sampleRate;
  await context.close();
  recorder = null;
  swap(box, false);
  await send(box, address, wav(taken, rate));
}

async function send(box, address, body) {
  tell(box, "…");
  const answer = await fetch(address, { method: "POST", body });
  if (answer.ok) await renew();
  else tell(box, (await answer.json()).problem);
}

function swap(box, recording) {
  for (const button of box.querySelectorAll("[data-do]")) button.hidden = (button.dataset.do === "stop") !== recording;
}

function tell(box, words) {
  box.querySelector("[role=status]").textContent = words;
}

function wav(taken, rate) {
  const length = taken.reduce((sum, one) => sum + one.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  const word = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  word(0, "RIFF"); view.setUint32(4, 36 + 2 * length, true); word(8, "WAVEfmt ");
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, 2 * rate, true); view.setUint16(32, 2, true);
  view.setUint16(34, 16, true); word(36, "data"); view.setUint32(40, 2 * length, true);
  let at = 44;
  for (const some of taken) for (const sample of some) {
    view.setInt16(at, Math.max(-1, Math.min(1, sample)) * 32767, true);
    at += 2;
  }
  return new Blob([view], { type: "audio/wav" });
}

document.querySelector(".strings [aria-current]")?.scrollIntoView({ block: "center" });
scrollTo(0, 0);
showMarks();
setTimeout(look, EVERY);
