"use strict";
(() => {
  const SIZE = 50;
  const [TITLE, URL, REPOSITORY, NUMBER, OUTCOME, REASON, ASKED, LEAD, TURNS, TOKENS] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const COLUMN = { title: TITLE, repository: REPOSITORY, outcome: OUTCOME, asked: ASKED, lead: LEAD, turns: TURNS, tokens: TOKENS, reason: REASON };
  const one = (id) => document.getElementById(id);
  const rows = JSON.parse(one("data").textContent);
  // Once, not at every key: thousands of rows are searched while somebody types.
  const texts = new Map(rows.map((row) => [row, [row[TITLE], row[REPOSITORY] + "#" + row[NUMBER], row[OUTCOME], row[REASON]].join("\n").toLowerCase()]));
  const collator = new Intl.Collator(undefined, { numeric: true });
  let key = "asked", falling = true, page = 0, shown = rows;

  const two = (number) => String(number).padStart(2, "0");
  const time = (seconds) => {
    const at = new Date(seconds * 1000);
    return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  };
  const span = (seconds) => {
    if (seconds === null) return "";
    const all = Math.round(seconds / 60);
    const parts = [[Math.floor(all / 1440), "d"], [Math.floor(all / 60) % 24, "h"], [all % 60, "min"]];
    return parts.filter(([count]) => count).slice(0, 2).map(([count, unit]) => `${count} ${unit}`).join(" ") || "0 min";
  };

  const compare = (left, right) => {
    const column = COLUMN[key];
    const [a, b] = [left[column], right[column]];
    // What is not known stands last, whichever way the list is sorted.
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === "number" ? a - b : collator.compare(a, b);
    return (falling ? -order : order) || right[ASKED] - left[ASKED];
  };

  // Roles said once more: on a phone rows are cards, which takes a table's own away.
  const cell = (row, text, number) => {
    const made = row.insertCell();
    made.setAttribute("role", "cell");
    made.textContent = text;
    if (number) {
      made.className = "number";
      made.dataset.name = number;
    }
    return made;
  };
  const draw = (run) => {
    const row = document.createElement("tr");
    row.setAttribute("role", "row");
    const name = document.createElement("bdi");
    name.textContent = run[TITLE];
    const first = cell(row, "");
    if (/^https?:\/\//.test(run[URL])) {
      const link = document.createElement("a");
      link.href = run[URL];
      link.append(name);
      first.append(link);
    } else first.append(name);
    cell(row, `${run[REPOSITORY]}#${run[NUMBER]}`);
    cell(row, run[OUTCOME]);
    cell(row, time(run[ASKED]));
    cell(row, span(run[LEAD]), "Took");
    cell(row, String(run[TURNS]), "Messages");
    cell(row, run[TOKENS] ? run[TOKENS].toLocaleString("en") : "", "Tokens");
    cell(row, run[REASON]);
    return row;
  };

  const body = one("list").tBodies[0];
  const off = (button, is) => button.setAttribute("aria-disabled", String(is));
  const show = () => {
    const pages = Math.max(Math.ceil(shown.length / SIZE), 1);
    page = Math.min(Math.max(page, 0), pages - 1);
    const part = shown.slice(page * SIZE, (page + 1) * SIZE);
    body.replaceChildren(...part.map(draw));
    const from = page * SIZE + 1;
    const of = shown.length === rows.length ? "" : `, of ${rows.length.toLocaleString("en")} in all`;
    one("status").textContent = shown.length
      ? `Showing ${from.toLocaleString("en")} to ${(from + part.length - 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")} runs${of}.`
      : `No run is like that${of}.`;
    one("page").textContent = `Page ${page + 1} of ${pages}`;
    one("pages").hidden = pages < 2;
    off(one("previous"), page === 0);
    off(one("next"), page === pages - 1);
  };
  const choose = () => {
    const words = one("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [outcome, repository] = [one("outcome").value, one("repository").value];
    shown = rows.filter((row) =>
      (!outcome || row[OUTCOME] === outcome) &&
      (!repository || row[REPOSITORY] === repository) &&
      words.every((word) => texts.get(row).includes(word)));
    shown.sort(compare);
    page = 0;
    show();
  };

  const heads = [...document.querySelectorAll("#list thead th")];
  const mark = () => heads.forEach((head) => head.setAttribute("aria-sort", head.dataset.key !== key ? "none" : falling ? "descending" : "ascending"));
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      falling = head.dataset.key === key ? !falling : ["asked", "lead", "turns", "tokens"].includes(head.dataset.key);
      key = head.dataset.key;
      mark();
      choose();
    });
    head.replaceChildren(button);
  }
  const options = (id, column) => {
    for (const value of [...new Set(rows.map((row) => row[column]))].sort(collator.compare)) {
      one(id).append(new Option(value, value));
    }
    one(id).addEventListener("change", choose);
  };
  options("outcome", OUTCOME);
  options("repository", REPOSITORY);
  one("find").addEventListener("input", choose);
  one("filter").addEventListener("submit", (event) => event.preventDefault());
  const turn = (by) => (event) => {
    if (event.currentTarget.getAttribute("aria-disabled") === "true") return;
    page += by;
    show();
  };
  one("previous").addEventListener("click", turn(-1));
  one("next").addEventListener("click", turn(1));
  one("filter").hidden = false;
  mark();
  choose();
})();
