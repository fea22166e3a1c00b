// Entering a release: the buttons that add, fill in or take out change the page in place, so that its place, the focus
// and chosen files stay. Without this, or where anything goes wrong, they send the form and load the page again.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("form.desk-card") || !button?.matches("[data-in-place]")) return;
  event.preventDefault();
  const answer = sent(form, button); // reads the form first, for what is inert is not sent
  form.inert = true; // nothing is typed into a form that is about to be replaced
  const next = await answer.catch(() => null);
  if (!next) {
    form.inert = false;
    const pressed = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: "1" });
    form.append(pressed);
    form.submit();
    return;
  }
  for (const chosen of withFiles(form)) next.elements.namedItem(chosen.name)?.replaceWith(chosen);
  form.replaceWith(next);
  next.dispatchEvent(new CustomEvent("formset:added", { bubbles: true }));
  const first = next.querySelector("[autofocus]");
  const shown = first?.matches(".select2-hidden-accessible") ? first.parentElement.querySelector(".select2-selection, .select2-search__field") : first;
  shown?.focus();
  first?.closest(".form-row")?.scrollIntoView({ block: "center" });
});

function withFiles(form) {
  return [...form.querySelectorAll('input[type="file"]')].filter((input) => input.files.length > 0);
}

// The form as the server shows it after this button. Files stay here: they are not sent.
async function sent(form, button) {
  const data = new FormData(form, button);
  for (const chosen of withFiles(form)) data.delete(chosen.name);
  const response = await fetch(window.location.href, { method: "POST", body: data });
  if (!response.ok || response.redirected) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const next = page.querySelector("form.desk-card");
  return next && document.adoptNode(next);
}
