// Shorter addresses: empty fields of GET forms (filters) stay out of the URL. Everything works without this.
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  const filled = [...event.formData].filter(([, value]) => value !== "");
  for (const name of [...event.formData.keys()]) event.formData.delete(name);
  for (const [name, value] of filled) event.formData.append(name, value);
});
