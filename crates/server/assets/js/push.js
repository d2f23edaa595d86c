// Turns notices in this browser on and off. Without it the page says that the browser cannot.
'use strict';
(() => {
  const box = document.querySelector('[data-push]');
  if (!box) return;
  const [on, off, state] = ['[data-push-on]', '[data-push-off]', '[data-push-state]'].map((name) => box.querySelector(name));
  const show = (name) => {
    box.dataset.push = name;
    state.textContent = state.dataset[name] || '';
    on.hidden = !['off', 'failed'].includes(name);
    off.hidden = name !== 'on';
  };
  const can = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  if (!can) { show('unable'); return; }

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat((4 - (text.length % 4)) % 4));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const send = async (path, fields) => {
    const form = new URLSearchParams({ _csrf: box.dataset.form, ...fields });
    const reply = await fetch(path, { method: 'POST', body: form, headers: { 'HX-Request': 'true' } });
    if (!reply.ok) throw new Error(String(reply.status));
  };
  const worker = async () => { await navigator.serviceWorker.register('/sw.js'); return navigator.serviceWorker.ready; };
  const find = async () => (await worker()).pushManager.getSubscription();

  const tell = (made, more) => send(box.dataset.start, {
    endpoint: made.endpoint, p256dh: text(made.getKey('p256dh')), auth: text(made.getKey('auth')), ...more,
  });
  const start = async () => {
    show('working');
    try {
      if (await Notification.requestPermission() !== 'granted') { show(Notification.permission === 'denied' ? 'denied' : 'off'); return; }
      const key = bytes(box.dataset.key);
      const manager = (await worker()).pushManager;
      const made = await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
      await tell(made);
      show('on');
    } catch (fault) { show('failed'); }
  };
  const stop = async () => {
    show('working');
    try {
      const known = await find();
      if (known) {
        await send(box.dataset.stop, { endpoint: known.endpoint });
        await known.unsubscribe();
      }
      show('off');
    } catch (fault) { show('failed'); }
  };
  on.addEventListener('click', start);
  off.addEventListener('click', stop);
  if (Notification.permission === 'denied') { show('denied'); return; }
  // What this browser says is told again: its address may be another one since, or was given up. A no stays a no.
  find().then(async (known) => {
    if (!known || Notification.permission !== 'granted') { show('off'); return; }
    await tell(known, { again: 'yes' });
    show('on');
  }).catch((fault) => show(fault.message === '409' ? 'off' : 'failed'));
})();
