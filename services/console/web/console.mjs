// Keeps the page up to date. All words and all markup come from the server, which escapes what is foreign; nothing
// here makes markup out of data.

const LISTED_CHANGES = 60;
const FRESH_MS = 4_000;
/** A screen reader hears of changes at most this often. */
const ANNOUNCE_MS = 5_000;

const words = document.body.dataset;
const list = document.getElementById('changes');
const connection = document.getElementById('connection');
const pauseButton = document.getElementById('pause');

let isPaused = false;
let waiting = [];
let announcedAt = 0;

/** The server's markup as nodes. `template` content runs no script and loads nothing. */
function nodesOf(markup) {
  const template = document.createElement('template');
  template.innerHTML = markup;
  return template.content;
}

const keysOf = (root) => [...root.querySelectorAll('[data-key]')].map((each) => each.dataset.key);

/** Moves texts and bars where the rows are the same, so that bars glide; replaces the region where they are not. */
function updateRegion(region, markup) {
  const fresh = nodesOf(markup);
  const oldKeys = keysOf(region);
  const freshKeys = keysOf(fresh);
  const isSame = oldKeys.length > 0 && oldKeys.join('\n') === freshKeys.join('\n');
  if (!isSame) {
    region.replaceChildren(fresh);
    return;
  }
  const pairs = (name) => {
    const old = region.querySelectorAll(`[${name}]`);
    return [...fresh.querySelectorAll(`[${name}]`)].map((each, index) => [old[index], each]);
  };
  for (const [old, each] of pairs('data-text')) {
    if (old.textContent !== each.textContent) old.textContent = each.textContent;
  }
  for (const [old, each] of pairs('data-width')) {
    old.setAttribute('width', each.getAttribute('width'));
  }
  for (const [old, each] of pairs('data-class')) {
    old.setAttribute('class', each.getAttribute('class'));
  }
}

const orderOf = (item) => [Number(item.dataset.at), Number(item.dataset.position)];

function isNewer(item, than) {
  const [at, position] = orderOf(item);
  const [otherAt, otherPosition] = orderOf(than);
  return at > otherAt || (at === otherAt && position > otherPosition);
}

/** Newest on top, by the broker's clock: partitions are read side by side. */
function insertChange(item) {
  const before = [...list.children].find((each) => isNewer(item, each));
  list.insertBefore(item, before ?? null);
  item.classList.add('fresh');
  setTimeout(() => item.classList.remove('fresh'), FRESH_MS);
}

function show({ regions, changes, isReset, announcement }) {
  for (const [name, markup] of Object.entries(regions)) {
    const region = document.getElementById(name);
    if (region !== null) updateRegion(region, markup);
  }
  if (isReset) list.replaceChildren();
  for (const markup of changes.toReversed()) {
    const item = nodesOf(markup).firstElementChild;
    if (item !== null) insertChange(item);
  }
  while (list.children.length > LISTED_CHANGES) list.lastElementChild.remove();
  announce(announcement);
}

function announce(sentence) {
  const now = Date.now();
  if (sentence === '' || now - announcedAt < ANNOUNCE_MS) return;
  announcedAt = now;
  document.getElementById('announcement').textContent = sentence;
}

function showConnection() {
  const state = isPaused
    ? 'paused'
    : source.readyState === EventSource.OPEN
      ? 'live'
      : 'reconnecting';
  connection.dataset.state = state;
  connection.textContent = words[state];
}

const source = new EventSource(words.stream);
source.addEventListener('update', ({ data }) => {
  const update = JSON.parse(data);
  if (!isPaused) {
    show(update);
    return;
  }
  // What the list keeps is all that will be shown.
  waiting = update.isReset ? [update] : [...waiting, update].slice(-LISTED_CHANGES);
  pauseButton.dataset.held = String(waiting.length);
});
source.addEventListener('open', showConnection);
source.addEventListener('error', showConnection);

pauseButton.addEventListener('click', () => {
  isPaused = !isPaused;
  pauseButton.setAttribute('aria-pressed', String(isPaused));
  pauseButton.textContent = isPaused ? words.resume : words.pause;
  if (!isPaused) {
    for (const update of waiting) show(update);
    waiting = [];
    delete pauseButton.dataset.held;
  }
  showConnection();
});
