// The paying bar already shows the chosen option without a script; this says its total aloud when the choice changes.
const live = document.querySelector("[data-total-live]");

function announce(event) {
  const said = event.target.dataset?.total;
  if (live && said) live.textContent = said;
}

addEventListener("change", announce);
