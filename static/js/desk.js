// Helps with typing at the desk: “today” beside each day, and the key that a title would get. All works without it.
(() => {
  const slug = (text) => text.normalize("NFKD").replace(/(?<=\d)\.(?=\d)/g, "-").replace(/[^\w\s-]/g, "").trim().toLowerCase().replace(/[-\s]+/g, "-").slice(0, 76).replace(/^[-_]+|[-_]+$/g, "");

  const addToday = (root) => {
    for (const day of root.querySelectorAll("input[data-today]")) {
      if (day.name.includes("__prefix__") || day.nextElementSibling?.matches(".desk-today")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button desk-today";
      button.textContent = "today";
      button.setAttribute("aria-label", `today, for ${day.labels?.[0]?.textContent.replace(/:\s*$/, "") || day.name}`);
      button.addEventListener("click", () => {
        day.value = day.dataset.today;
        day.dispatchEvent(new Event("change", { bubbles: true }));
      });
      day.after(button);
    }
  };

  document.addEventListener("input", (event) => {
    for (const key of document.querySelectorAll("input[data-key-from]")) {
      if (key.dataset.keyFrom === event.target.name) key.placeholder = slug(event.target.value);
    }
  });
  // A second press of a button, before the first is answered, sends nothing.
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  document.addEventListener("DOMContentLoaded", () => addToday(document));
  document.addEventListener("formset:added", (event) => addToday(event.target));
})();
