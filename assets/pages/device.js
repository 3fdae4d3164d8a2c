'use strict';

// The page works without this: it comes again by itself, and the code can be selected.
const page = document.querySelector('main');
const code = document.getElementById('code');
const left = document.getElementById('left');
const copy = document.getElementById('copy');

const endsAt = performance.now() + Number(page.dataset.left) * 1000;
const tick = () => {
  const seconds = Math.max(0, Math.round((endsAt - performance.now()) / 1000));
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
tick();
setInterval(tick, 1000);

const select = () => {
  const range = document.createRange();
  range.selectNodeContents(code);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
};
copy.hidden = false;
copy.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    select(); // an engine that keeps its clipboard to itself: one key copies what is selected
    if (!document.execCommand('copy')) return;
  }
  copy.textContent = copy.dataset.done;
  setTimeout(() => { copy.textContent = copy.dataset.usual; }, 2000);
});

const watch = async () => {
  for (let failures = 0; failures < 3;) {
    try {
      const answer = await fetch(`news?${page.dataset.version}`, { cache: 'no-store' });
      if (answer.ok && (await answer.text()) !== page.dataset.version) { location.reload(); return; }
      failures = answer.ok ? 0 : failures + 1;
    } catch {
      failures += 1;
    }
    if (failures) await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
  document.body.classList.remove('wait');
  document.getElementById('progress').textContent = page.dataset.gone;
};
watch();
