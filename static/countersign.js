// Two comforts, and nothing a page needs: copying a digest, and telling a screen reader how a job gets on.
(() => {
  "use strict";

  const COPIED_MS = 2000;

  function revealCopyButtons(root) {
    if (!navigator.clipboard) return;
    for (const button of root.querySelectorAll("button[data-copy]")) button.hidden = false;
  }

  async function copy(button) {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.dataset.copied = "";
    announce(button.dataset.copiedWords);
    setTimeout(() => delete button.dataset.copied, COPIED_MS);
  }

  // Said once: the region is written only when the words are others than before.
  function announce(words) {
    const region = document.getElementById("announcer");
    if (region && words && region.textContent !== words) region.textContent = words;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button) copy(button).catch(() => { button.hidden = true; });
  });

  document.addEventListener("htmx:afterSettle", () => {
    revealCopyButtons(document);
    announce(document.querySelector("[data-announcement]")?.dataset.announcement);
  });

  document.addEventListener("DOMContentLoaded", () => {
    revealCopyButtons(document);
    document.querySelector(".error-summary")?.focus();
  });
})();
