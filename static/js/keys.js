// Keys for the staff's lists: "/" goes to the search, j and k walk the rows, Enter opens one. All of it works without.
const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")].filter((row) => row.querySelector("a"));
const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

function walk(step) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))];
  next?.querySelector("a").focus();
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const search = document.querySelector("[data-search]");
  if (event.key === "/" && search) { event.preventDefault(); search.select(); }
  if (event.key === "j") walk(1);
  if (event.key === "k") walk(-1);
}

addEventListener("keydown", press);
