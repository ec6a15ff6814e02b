// "Being confirmed", or "being printed", looks again by itself, quickly at first. Without a script the Refresh header does it every few seconds.
const waits = [1000, 1000, 2000, 3000, 5000];
const page = document.querySelector("[data-wait]");
const state = page?.dataset.wait;

async function look(turn) {
  const answer = await fetch(location.href, { headers: { "X-Wait": "1" } }).catch(() => null);
  const text = answer?.ok ? await answer.text() : "";
  const seen = new DOMParser().parseFromString(text, "text/html").querySelector("[data-wait]")?.dataset.wait;
  if (text && seen !== state) return location.reload();
  setTimeout(look, waits[Math.min(turn, waits.length - 1)], turn + 1);
}

if (page) setTimeout(look, waits[0], 1);
