// Says that something new has come, and moves nothing under the reader's eyes. The list works without it.
"use strict";

const EVERY = 30000; // milliseconds
const news = document.getElementById("news");

async function look() {
  try {
    const answer = await fetch(news.dataset.changes, { redirect: "error" });
    if (!answer.ok) return;
    const link = news.querySelector("a");
    link.textContent = (await answer.text()).trim();
    link.hidden = !link.textContent;
  } catch {
    // Signed out, or no network: the next look may find more.
  }
}

if (news) setInterval(look, EVERY);
