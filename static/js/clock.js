// The demo's clock: moving it may take a minute, so the form is sent from here and its button counts the days gone by.
// Without a script the browser waits for the answer.
const began = document.querySelector("[data-clock]");

async function count(button, words) {
  const answer = await fetch("/demo/parts.json").catch(() => null);
  if (!answer?.ok) return;
  const passed = new Date((await answer.json()).now) - new Date(began.dateTime);
  button.textContent = `${words} ${Math.floor(passed / 86_400_000)}`;
}

async function move(event) {
  const form = event.target;
  if (!form.matches("form[action='/demo/clock']") || event.defaultPrevented) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const looking = setInterval(count, 700, event.submitter, form.dataset.once);
  await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  clearInterval(looking);
  location.assign("/demo");
}

addEventListener("submit", move);
