'use strict';

// The application draws the page; this passes on what a person does, and shows what has changed.
const language = document.documentElement.lang || undefined;
const parser = new DOMParser();
let shown = -1; // number of the state that is on the page
let latest = 0; // number of the state that there is
let showing = null;
let asked = false;

const main = () => document.querySelector('main');
const people = () => document.querySelector('[role="listbox"]');
const selected = () => document.querySelector('[aria-selected="true"]');

const act = async (verb, values = {}) => {
  if (asked) return;
  asked = true;
  document.body.dataset.busy = '';
  let number = 0;
  try {
    const answer = await fetch('do', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ verb, values }),
    });
    if (answer.ok) ({ number } = await answer.json());
  } catch {
    // The news tell whether the application is there.
  } finally {
    asked = false;
    delete document.body.dataset.busy;
  }
  await show(number);
};

const show = (number) => {
  latest = Math.max(latest, number);
  showing ??= catchUp().finally(() => { showing = null; });
  return showing;
};

const catchUp = async () => {
  while (shown < latest) {
    const aim = latest;
    const answer = await fetch('', { cache: 'no-store' });
    if (!answer.ok) return;
    const fresh = parser.parseFromString(await answer.text(), 'text/html');
    replace(fresh);
    shown = aim;
  }
};

const replace = (fresh) => {
  const before = main();
  const after = fresh.querySelector('main');
  const isSame = before.dataset.screen === after.dataset.screen;
  document.title = fresh.title;
  document.body.className = fresh.body.className;
  if (isSame && after.querySelector('[data-live]')) {
    // The same page goes on: what has the focus keeps it, and only what is new is read out.
    write(after);
    for (const part of after.querySelectorAll('[data-live]')) {
      const old = before.querySelector(`[data-live="${part.dataset.live}"]`);
      if (old && old.innerHTML !== part.innerHTML) old.innerHTML = part.innerHTML;
    }
    const foot = before.querySelector('.moves');
    const moves = after.querySelector('.moves');
    if (foot.innerHTML !== moves.innerHTML) foot.replaceWith(moves);
    return;
  }
  const kept = isSame ? selected()?.dataset.account : undefined;
  before.replaceWith(after);
  settle(kept);
};

// Nobody has to pass by what is seen whole.
const reach = () => {
  const content = document.querySelector('[data-scrolls]');
  if (!content) return;
  if (content.scrollHeight > content.clientHeight) content.tabIndex = 0;
  else content.removeAttribute('tabindex');
};
const sizes = new ResizeObserver(reach);

const settle = (account) => {
  write(main());
  sizes.disconnect();
  sizes.observe(document.querySelector('.content'));
  for (const picture of document.querySelectorAll('.face img')) {
    picture.addEventListener('error', () => picture.remove()); // the initials are behind it
    if (picture.complete && !picture.naturalWidth) picture.remove();
  }
  const option = account && document.querySelector(`[data-account="${account}"][role="option"]`);
  if (people()) select(option || selected());
  // Where something is going to be deleted, nobody gets there by pressing Enter once too often.
  (people() ?? document.getElementById('title')).focus({ preventScroll: true });
  window.scrollTo(0, 0);
};

// Moments, as people write them here

const write = (root) => {
  for (const element of root.querySelectorAll('[data-when]')) {
    const { when, style, pattern } = element.dataset;
    // Apart, or a date would turn round the order of the words about it.
    element.textContent = pattern.replace('{when}', `\u2068${moment(Number(when) * 1000, style)}\u2069`);
  }
};

const UNITS = [['year', 31536e6], ['month', 2592e6], ['week', 6048e5], ['day', 864e5], ['hour', 36e5], ['minute', 6e4]];

const moment = (when, style) => {
  if (style === 'time') return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(when);
  if (style !== 'ago') return new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(when);
  const passed = when - Date.now();
  const [unit, length] = UNITS.find(([, size]) => Math.abs(passed) >= size) ?? ['second', 1000];
  const amount = unit === 'second' ? 0 : Math.trunc(passed / length); // nobody counts seconds
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(amount, unit);
};

// The list to choose from

const select = (option) => {
  if (!option) return;
  for (const other of people().children) other.setAttribute('aria-selected', String(other === option));
  people().setAttribute('aria-activedescendant', option.id);
  document.getElementById('out').setAttribute('aria-labelledby', `out name-${option.dataset.account}`);
  option.scrollIntoView({ block: 'nearest' });
};

let typed = '';
let typing = 0;
const startingWith = (letter) => {
  clearTimeout(typing);
  typing = setTimeout(() => { typed = ''; }, 700);
  typed += letter.toLocaleLowerCase(language);
  const options = [...people().children];
  const from = options.indexOf(selected()) + (typed.length === 1 ? 1 : 0);
  const round = [...options.slice(from), ...options.slice(0, from)];
  return round.find((option) => option.dataset.name.toLocaleLowerCase(language).startsWith(typed));
};

const moved = (event) => {
  const options = [...people().children];
  const at = options.indexOf(selected());
  switch (event.key) {
    case 'ArrowDown': return options[Math.min(at + 1, options.length - 1)];
    case 'ArrowUp': return options[Math.max(at - 1, 0)];
    case 'Home': return options[0];
    case 'End': return options.at(-1);
    default:
      return event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.altKey && !event.metaKey
        ? startingWith(event.key) : undefined;
  }
};

const press = (event, selector) => {
  const button = document.querySelector(selector);
  if (!button) return;
  event.preventDefault();
  button.click();
};

document.addEventListener('keydown', (event) => {
  if (event.target === people()) {
    const option = moved(event);
    if (option) { event.preventDefault(); select(option); return; }
    if (event.key === 'Enter' || event.key === ' ') { press(event, '[data-verb="choose"]'); return; }
    if (event.key === 'Delete') { press(event, '[data-verb="out"]'); return; }
  }
  if (event.key === 'Enter' && !event.target.closest('button, a')) press(event, 'button.main');
  else if (event.key === 'Escape') press(event, '[data-verb="back"], [data-verb="leave"]');
});

document.addEventListener('click', (event) => {
  const option = event.target.closest('[role="option"]');
  if (option) { select(option); people().focus(); return; }
  const pressed = event.target.closest('button[data-verb]');
  if (!pressed) return;
  const { verb, account, provider } = pressed.dataset;
  if ('ofSelected' in pressed.dataset) act(verb, { account: selected().dataset.account });
  else if (account !== undefined) act(verb, { account });
  else if (provider !== undefined) act(verb, { provider });
  else act(verb);
});

document.addEventListener('dblclick', (event) => {
  if (event.target.closest('[role="option"]')) act('choose', { account: selected().dataset.account });
});

const news = new EventSource('news');
let failures = 0;
news.addEventListener('open', () => { failures = 0; document.getElementById('gone').textContent = ''; });
news.addEventListener('step', (event) => { show(JSON.parse(event.data).number); });
news.addEventListener('error', () => {
  failures += 1;
  if (failures < 3 && news.readyState !== EventSource.CLOSED) return;
  news.close();
  if (main().dataset.screen !== 'left') document.getElementById('gone').textContent = document.body.dataset.gone;
});
settle();
