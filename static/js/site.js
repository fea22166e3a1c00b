// Copy buttons: they copy the text beside them, which anybody can select. Where a browser cannot, they stay hidden.
for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.closest(".cite, .copied").querySelector("[data-copied]").textContent);
    button.textContent = "Copied";
  });
}

// The key "/" leads into the search box, except where somebody types.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = document.getElementById("site-search");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// Shorter addresses: empty fields of GET forms (filters) stay out of the URL. Everything works without this.
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  const filled = [...event.formData].filter(([, value]) => value !== "");
  for (const name of [...event.formData.keys()]) event.formData.delete(name);
  for (const [name, value] of filled) event.formData.append(name, value);
});

// On narrow pages rows are drawn as cards, at which some browsers forget that they are rows: the roles say it again.
const ROLES = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
const CARDS = ".table:is(:not(.matrix), .matrix--side)";
for (const part of document.querySelectorAll(`${CARDS}, ${CARDS} :is(thead, tbody, tfoot, tr, td, th)`)) {
  part.setAttribute("role", ROLES[part.tagName] || (part.scope === "col" ? "columnheader" : "rowheader"));
}

// An open menu closes with Escape, and when somebody turns to something else.
const menus = () => document.querySelectorAll(".site-nav details[open], .dateline[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});
for (const turned of ["click", "focusin"]) {
  document.addEventListener(turned, (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
}

// The meaning of a coded word, while the pointer or the focus is on it; Escape closes it (WCAG 1.4.13).
const help = Object.assign(document.createElement("div"), { className: "word-help", id: "word-help", hidden: true });
help.setAttribute("role", "tooltip");
document.body.append(help);
let explained = null;
let closing = 0;
const wordOf = (event) => (event.target.closest ? event.target.closest(".word, u") : null);
// What has the focus may hold a word: a summary, a link, the label of a box to tick.
const holder = (focused) => (focused.matches("a, button, summary") ? focused : focused.matches("[type=checkbox]") ? focused.closest("label") : null);
const focused = (event) => wordOf(event) || holder(event.target)?.querySelector(".word, u");
// In a table the meaning stands with the first such word of the column.
function meaningOf(word) {
  if (word.title) {
    word.dataset.meaning = word.title;
    word.removeAttribute("title");
  }
  if (word.dataset.meaning) return word.dataset.meaning;
  const cell = word.closest("td, th");
  for (const row of cell ? cell.closest("table").rows : []) {
    const explained = [...(row.cells[cell.cellIndex]?.querySelectorAll("a.word") ?? [])];
    const first = explained.find((each) => each.textContent === word.textContent);
    if (first) return meaningOf(first);
  }
  return "";
}
function explain(word) {
  clearTimeout(closing);
  if (word === explained) return;
  forget();
  const [meaning, section] = meaningOf(word).split("\n");
  const place = document.createElement("small");
  place.textContent = section;
  help.replaceChildren(meaning, place);
  help.hidden = false;
  const box = word.getBoundingClientRect();
  const left = Math.min(box.left, document.documentElement.clientWidth - help.offsetWidth - 16);
  const below = box.bottom + help.offsetHeight + 8 < window.innerHeight || box.top < help.offsetHeight + 8;
  help.style.left = `${Math.max(8, left) + window.scrollX}px`;
  help.style.top = `${(below ? box.bottom + 4 : box.top - help.offsetHeight - 4) + window.scrollY}px`;
  word.setAttribute("aria-describedby", help.id);
  explained = word;
}
function forget() {
  clearTimeout(closing);
  if (explained) explained.removeAttribute("aria-describedby");
  explained = null;
  help.hidden = true;
}
document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  if (wordOf(event)) explain(wordOf(event));
  else if (help.contains(event.target)) clearTimeout(closing);
});
document.addEventListener("pointerout", (event) => {
  if (explained && (wordOf(event) || help.contains(event.target))) closing = setTimeout(forget, 300);
});
// The names that a box to type into suggests stand behind a link on a first view: they come when somebody is about to type.
document.addEventListener("focusin", async ({ target }) => {
  const link = document.getElementById("all-filters");
  const name = target.getAttribute("list");
  if (!link || !name || document.getElementById(name)) return;
  const whole = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
  for (const names of whole.querySelectorAll("datalist")) if (!document.getElementById(names.id)) link.after(names);
});
document.addEventListener("focusin", (event) => (focused(event) ? explain(focused(event)) : forget()));
document.addEventListener("click", (event) => {
  // The first touch of a word explains it, the second follows it.
  if (wordOf(event) && event.pointerType === "touch" && wordOf(event) !== touched && wordOf(event).href) event.preventDefault();
  touched = wordOf(event);
  if (touched) explain(touched);
  else forget();
});
let touched = null;
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") forget();
});
