// Puts in what changed since the page was loaded, without moving focus or what was typed.
"use strict";
(() => {
  const EVERY = 1500;
  const gone = document.getElementById("gone");

  function folded(place) {
    return [...place.querySelectorAll("details")].filter((one) => one.open)
      .map((one) => one.querySelector("summary")?.textContent);
  }

  function put(old, fresh) {
    const watched = old.dataset.live || fresh.dataset.live;
    // What people type in is only replaced when it stands for something else.
    if (watched ? old.dataset.live === fresh.dataset.live : old.dataset.was === fresh.innerHTML) return;
    const open = folded(old);
    const focused = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const typed = [...old.querySelectorAll("textarea")].map((one) => one.value);
    old.innerHTML = fresh.innerHTML;
    old.dataset.was = fresh.innerHTML;
    if (watched) old.dataset.live = fresh.dataset.live;
    old.querySelectorAll("textarea").forEach((one, place) => { one.value = typed[place] || one.value; });
    for (const one of old.querySelectorAll("details")) {
      if (open.includes(one.querySelector("summary")?.textContent)) one.open = true;
    }
    if (focused) old.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  async function look() {
    if (document.hidden) return;
    let answer;
    try {
      answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    } catch {
      gone.textContent = "It has ended: what you see is the last of it.";
      return;
    }
    if (!answer.ok) return;
    gone.textContent = "";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-live]")) {
      const fresh = old.id && page.getElementById(old.id);
      if (fresh) put(old, fresh);
    }
  }

  for (const one of document.querySelectorAll("[data-live]")) one.dataset.was = one.innerHTML;
  setInterval(look, EVERY);
})();
