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
const ROLES = { TABLE: "table", CAPTION: "caption", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
for (const part of document.querySelectorAll(".table:not(.matrix), .table:not(.matrix) :is(caption, thead, tbody, tfoot, tr, td, th)")) {
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
