// A button that opens the browser's passkey dialogue and sends the form it stands in. Without it a password does.
(() => {
  "use strict";

  function reveal(part) {
    // A passkey is bound to a host name; elsewhere the dialogue would only fail.
    const isHere = location.hostname === part.dataset.host || location.hostname.endsWith("." + part.dataset.host);
    part.hidden = !(isHere && window.webauthnJSON && window.webauthnJSON.supported());
  }

  // What a decision means depends on the verdict that is chosen; null while none is.
  function meaningOf(part, form) {
    const meaning = part.dataset.meaning;
    if (!meaning.endsWith(":")) return meaning;
    const chosen = form.querySelector("input[name=verdict]:checked");
    return chosen ? meaning + chosen.value : null;
  }

  async function challenge(part, form, meaning) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("meaning", meaning);
    body.set("digest", form.elements.shown ? form.elements.shown.value : part.dataset.digest);
    const answer = await fetch(part.dataset.url, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function fill(form, name, value) {
    if (form.elements[name]) form.elements[name].value = value;
  }

  async function run(part) {
    const form = part.closest("form");
    const meaning = meaningOf(part, form);
    if (meaning === null) {
      say(part, part.dataset.choose);
      form.querySelector("input[name=verdict]").focus();
      return;
    }
    const options = await challenge(part, form, meaning);
    const isNew = part.dataset.passkey === "create";
    const credential = await (isNew ? window.webauthnJSON.create(options) : window.webauthnJSON.get(options));
    fill(form, isNew ? "credential" : "passkey", JSON.stringify(credential));
    fill(form, "challenge", options.publicKey.challenge);
    form.submit();
  }

  function say(part, words) {
    part.querySelector("[role=status]").textContent = words;
  }

  document.addEventListener("click", (event) => {
    const part = event.target.closest("button")?.closest("[data-passkey]");
    if (!part) return;
    say(part, "");
    run(part).catch(() => say(part, part.dataset.failed));
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const part of document.querySelectorAll("[data-passkey]")) reveal(part);
  });
})();
