// What a browser keeps so that it can say that there is something new. It shows one sentence, and pressing it opens the page.
'use strict';
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  let said = {};
  try { said = event.data?.json() ?? {}; } catch { /* what cannot be read says only that there is something */ }
  const tag = said.tag || 'news';
  event.waitUntil(self.registration.showNotification(said.title || 'Holdspace', {
    body: said.body || 'There is something new for you. Open to see.',
    tag,
    renotify: true,
    icon: '/assets/mark.svg',
    data: { url: said.url },
  }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  // A page of ours and nothing else, whatever the notice says.
  const wanted = new URL(event.notification.data?.url || '/', self.location.origin);
  const url = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const there = open.find((client) => client.url.split('#')[0] === url);
    if (there) return there.focus();
    return self.clients.openWindow(url);
  })());
});
