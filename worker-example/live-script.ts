/** What a browser runs, as it is served: nothing builds it, and nothing depends on it. Without it the next click tells. */
export const LIVE_SCRIPT = `
const FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 60000;
const idleText = document.querySelector("[data-idle]");
const idleBar = document.querySelector("[data-idle-bar]");
const deadlineText = document.querySelector("[data-deadline]");
let idleEnd = 0, wait = FIRST_WAIT_MS, source;

// The session has ended: no private page stays, not even behind the back button.
const leave = () => { source.close(); location.replace("/?ended"); };

function connect() {
  source = new EventSource("/live");
  source.addEventListener("live", ({ data }) => {
    wait = FIRST_WAIT_MS;
    idleEnd = Date.now() + JSON.parse(data).idle * 1000;
    show();
  });
  source.addEventListener("ended", leave);
  source.addEventListener("error", () => {
    // A browser tries again by itself, but for an answer such as 503.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => document.hidden || connect(), wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  });
}

// Nobody looks at a hidden page, so nobody needs to be asked for it.
document.addEventListener("visibilitychange", () => {
  source?.close();
  if (!document.hidden) connect();
});
addEventListener("pagehide", () => source?.close());
// Out of the browser's memory by the back button: whether it may still be seen, the server knows.
addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });

const words = (seconds) => {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return (h ? h + " h " : "") + (h || m ? m + " min " : "") + s + " s";
};

function show() {
  const left = (end) => Math.max(0, Math.round((end - Date.now()) / 1000));
  if (idleText && idleEnd) {
    idleText.textContent = words(left(idleEnd));
    idleBar.value = left(idleEnd);
  }
  if (deadlineText) deadlineText.textContent = words(left(deadlineText.dataset.deadline * 1000));
}

if (!document.hidden) connect();
if (idleText) setInterval(show, 1000);
`;
