// The box in a list's head chooses every row of the page; the button says how many are chosen. All of it works without.
const form = document.querySelector("form[data-choose]");
// What belongs to the form may stand anywhere on the page.
const parts = [...(form?.elements ?? [])];
const boxes = () => [...form.elements].filter((one) => one.name.startsWith("pick."));
const button = parts.find((one) => "chosen" in one.dataset);
const every = parts.find((one) => "every" in one.dataset);
const plain = button?.textContent;

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  button.textContent = chosen ? `With the ${chosen} chosen…` : plain;
  every.checked = chosen > 0 && chosen === boxes().length;
  every.indeterminate = chosen > 0 && chosen < boxes().length;
}

if (button && every) {
  every.parentElement.hidden = false;
  every.addEventListener("change", () => { for (const box of boxes()) box.checked = every.checked; count(); });
  form.addEventListener("change", count);
  addEventListener("pageshow", count);
}
