// Asks the browser for a passkey and puts its answer into the form. Without this, passkeys are not offered.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const written = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function make(question) {
  question.user.id = bytes(question.user.id);
  question.excludeCredentials = question.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) }));
  const made = await navigator.credentials.create({ publicKey: question });
  return [made, { attestationObject: written(made.response.attestationObject) }];
}

async function sign(question) {
  const signed = await navigator.credentials.get({ publicKey: question });
  const { authenticatorData, signature, userHandle } = signed.response;
  return [
    signed,
    {
      authenticatorData: written(authenticatorData),
      signature: written(signature),
      userHandle: userHandle ? written(userHandle) : undefined,
    },
  ];
}

async function ask(form) {
  const failed = document.getElementById("failed");
  failed.hidden = true;
  try {
    const question = JSON.parse(form.dataset.question);
    question.challenge = bytes(question.challenge);
    const [key, response] = await (question.user ? make(question) : sign(question));
    response.clientDataJSON = written(key.response.clientDataJSON);
    form.elements.answer.value = JSON.stringify({ id: key.id, rawId: written(key.rawId), type: key.type, response });
    form.submit();
  } catch {
    // Which of many reasons it was, browsers do not say: nothing there, cancelled, or no time left.
    failed.hidden = false;
  }
}

for (const part of document.querySelectorAll("[data-site]")) {
  part.hidden = !(window.PublicKeyCredential && location.origin === part.dataset.site);
}
for (const form of document.querySelectorAll("form[data-question]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
  if ("atOnce" in form.dataset) ask(form);
}
