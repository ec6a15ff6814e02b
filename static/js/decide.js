// Keys for the decision card: a goes to "Approve", so that Enter approves; e, q, b and r open their form and go to its
// first field. All of it works without.
const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

function go(control) {
  const form = control.closest("details");
  if (form === null) return control.focus();
  form.open = true;
  form.querySelector("input:not([type=hidden]), select, textarea").focus();
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const control = document.querySelector(`[data-decide] [data-key="${CSS.escape(event.key)}"]`);
  if (control) { event.preventDefault(); go(control); }
}

addEventListener("keydown", press);
