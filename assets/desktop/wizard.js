'use strict';

// The page is drawn by the application; this passes on what a person does, and shows what changed.
const news = new EventSource('news'); // first of all: to draw the page takes longer
const parser = new DOMParser();
let shown = -1; // number of the state that is on the page
let latest = 0; // number of the state that there is
let showing = null;

const title = () => document.getElementById('title');

let asked = false;
const act = async (verb, values = {}) => {
  if (asked) return;
  asked = true;
  document.body.dataset.busy = '';
  try {
    const answer = await fetch('do', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ verb, values }),
    });
    if (answer.ok) await show((await answer.json()).number);
  } catch {
    // The news tell whether the application is there.
  } finally {
    asked = false;
    delete document.body.dataset.busy;
  }
};

const show = (news) => {
  latest = Math.max(latest, news);
  showing ??= catchUp().finally(() => { showing = null; });
  return showing;
};

const catchUp = async () => {
  while (shown < latest) {
    const aim = latest;
    const answer = await fetch('', { cache: 'no-store' });
    if (!answer.ok) return;
    replace(parser.parseFromString(await answer.text(), 'text/html'));
    shown = aim;
  }
};

const replace = (fresh) => {
  const before = document.querySelector('main');
  const after = fresh.querySelector('main');
  document.title = fresh.title;
  document.body.className = fresh.body.className;
  if (before.dataset.step !== after.dataset.step) {
    before.replaceWith(after);
    settle();
    return;
  }
  // The same step: what has the focus keeps it, and only what is new is read out.
  for (const part of after.querySelectorAll('[data-live]')) {
    const old = before.querySelector(`[data-live="${part.dataset.live}"]`);
    if (old && old.innerHTML !== part.innerHTML) old.innerHTML = part.innerHTML;
  }
  for (const part of after.querySelectorAll('[data-part]')) {
    const old = before.querySelector(`[data-part="${part.dataset.part}"]`);
    if (old && old.textContent !== part.textContent) old.replaceWith(part);
  }
  const field = before.querySelector('input');
  if (!field) return;
  const invalid = after.querySelector('input').getAttribute('aria-invalid');
  if (invalid) field.setAttribute('aria-invalid', invalid);
  else field.removeAttribute('aria-invalid');
};

const settle = () => {
  (document.querySelector('main input') ?? title()).focus();
  for (const picture of document.querySelectorAll('.face img')) {
    picture.addEventListener('error', () => picture.remove()); // the initial is behind it
    if (picture.complete && !picture.naturalWidth) picture.remove();
  }
  window.scrollTo(0, 0);
};

document.addEventListener('click', (event) => {
  const pressed = event.target.closest('button[data-verb]');
  if (!pressed) return;
  const { verb, ...values } = pressed.dataset;
  act(verb, values);
});

document.addEventListener('submit', (event) => {
  event.preventDefault();
  const field = event.target.elements.text;
  if (field.value.trim()) act(event.target.dataset.verb, { text: field.value.trim() });
  else field.focus();
});

document.addEventListener('keydown', (event) => {
  const press = (selector) => {
    const button = document.querySelector(selector);
    if (button) { event.preventDefault(); button.click(); }
  };
  if (event.key === 'Enter' && !event.target.closest('button, input, a, summary')) press('button.main');
  else if (event.altKey && event.key === (document.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft')) press('[data-verb="back"]');
  else if (event.key === 'Escape') press('[data-verb="back"]');
});

let failures = 0;
news.addEventListener('open', () => { failures = 0; document.getElementById('gone').textContent = ''; });
news.addEventListener('step', (event) => { show(JSON.parse(event.data).number); });
news.addEventListener('error', () => {
  failures += 1;
  if (failures < 3 && news.readyState !== EventSource.CLOSED) return;
  news.close();
  if (document.querySelector('main').dataset.step !== 'left') document.getElementById('gone').textContent = document.body.dataset.gone;
});
settle();
