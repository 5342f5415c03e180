/**
 * The browser's script, served as it is, without a build step. Pages work without it: they then show the session's end on the next
 * click.
 */
export const LIVE_SCRIPT = `
const FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 60000;
const idleText = document.querySelector("[data-idle]");
const idleBar = document.querySelector("[data-idle-bar]");
const deadlineText = document.querySelector("[data-deadline]");
let idleEnd = 0, wait = FIRST_WAIT_MS, source;

// The session has ended. Replace the page, so that the back button doesn't show it again.
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
    // The browser reconnects by itself, except after an error status such as 503.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => document.hidden || connect(), wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  });
}

// A hidden page needs no updates.
document.addEventListener("visibilitychange", () => {
  source?.close();
  if (!document.hidden) connect();
});
addEventListener("pagehide", () => source?.close());
// The back button restored this page from the browser's back/forward cache. Reload it, since the session may have ended.
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
