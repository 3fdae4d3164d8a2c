'use strict';

// The page stays while it waits, so that nothing is read out twice; the end takes its place.
const watch = async () => {
  for (let failures = 0; failures < 3;) {
    try {
      const answer = await fetch('?news', { cache: 'no-store' });
      if (answer.ok && (await answer.text()) === 'settled') { location.reload(); return; }
      failures = answer.ok ? 0 : failures + 1;
    } catch {
      failures += 1;
    }
    if (failures) await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
  document.body.classList.remove('wait');
  const told = document.getElementById('told');
  told.textContent = told.dataset.gone;
};
watch();
