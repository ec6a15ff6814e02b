// A form marked data-once is sent once: the button then says what is happening. The server refuses a second one anyway.
const sent = new WeakSet();

function send(event) {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  const button = event.submitter ?? form.querySelector("button");
  button.setAttribute("aria-disabled", "true");
  if (form.dataset.once) button.textContent = form.dataset.once;
}

// Coming back with the browser's own button finds the page as it was left: begin again.
function comeBack(event) {
  if (event.persisted) location.reload();
}

addEventListener("submit", send);
addEventListener("pageshow", comeBack);
