// Keys for the staff's lists: "/" goes to the search, f to the list's own filter, j and k walk the rows, x chooses one,
// Enter opens it. All of it works without.
const rows = () => [...document.querySelectorAll("[data-rows] tbody tr, [data-rows] > li")].filter((row) => row.querySelector("a"));
const typing = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]") !== null;

function walk(step) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  next?.querySelector("a").focus();
}

function go(event, name) {
  const field = document.querySelector(`[${name}]`);
  if (field) { event.preventDefault(); field.select(); }
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") go(event, "data-search");
  if (event.key === "f") go(event, "data-filter");
  if (event.key === "j") walk(1);
  if (event.key === "k") walk(-1);
  if (event.key === "x") rows().find((row) => row.contains(document.activeElement))?.querySelector("input[type=checkbox]")?.click();
}

addEventListener("keydown", press);
