// The control on the preferences page: off, a notice that is pushed to the service worker by the debugger, shown and pressed,
// and blocked. Chromium's own push service cannot be reached from here, so turning on ends in words that say so.
const registered = async (page) => {
  await page.evaluate(async () => { await navigator.serviceWorker.ready; });
};

export default async function notice({ open, axe, fits, args: { base, cookies, conversation, payload } }) {
  const page = await open('phone', 'light', { cookies, permissions: ['notifications'], serviceWorkers: 'allow' });
  const debug = await page.context().newCDPSession(page);
  const registrations = [];
  debug.on('ServiceWorker.workerRegistrationUpdated', (event) => registrations.push(...event.registrations));
  await debug.send('ServiceWorker.enable');

  await page.goto(`${base}/c/preferences`);
  await page.getByRole('heading', { name: 'Notices in this browser' }).waitFor();
  await page.locator('[data-push="off"]').waitFor();
  const off = await page.locator('#push').innerText();
  await registered(page);
  await axe(page);
  await fits(page);

  const found = registrations.find((one) => one.scopeURL === `${base}/`);
  if (!found) throw new Error(`not registered: ${JSON.stringify(registrations)}`);
  await debug.send('ServiceWorker.deliverPushMessage', { origin: base, registrationId: found.registrationId, data: payload });
  const shown = await page.evaluate(async () => {
    const here = await navigator.serviceWorker.ready;
    for (let looks = 0; looks < 200; looks += 1) {
      const [one] = await here.getNotifications();
      if (one) return { title: one.title, body: one.body, tag: one.tag, url: one.data.url };
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    return null;
  });

  // Pressing it: the event that the browser itself makes of a press, in the worker.
  const worker = page.context().serviceWorkers()[0] ?? await page.context().waitForEvent('serviceworker');
  const opened = await worker.evaluate(async () => {
    const [one] = await self.registration.getNotifications();
    const wanted = [];
    self.clients.openWindow = async (url) => { wanted.push(url); };
    const event = new NotificationEvent('notificationclick', { notification: one });
    let done = Promise.resolve();
    event.waitUntil = (promise) => { done = promise; };
    self.dispatchEvent(event);
    await done;
    return wanted;
  });
  await page.goto(opened[0]);
  const main = await page.getByRole('main').innerText();

  // Whoever cannot reach the push service is told that it did not work, and can try again.
  await page.goto(`${base}/c/preferences`);
  await page.locator('[data-push="off"]').waitFor();
  await page.evaluate(() => { PushManager.prototype.subscribe = () => Promise.reject(new Error('unreachable')); });
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.locator('[data-push="failed"]').waitFor();
  const failed = await page.locator('[data-push-state]').innerText();

  // And one whose browser can: the page sends its keys, and says that it is on.
  await page.reload();
  await page.locator('[data-push="off"]').waitFor();
  await page.evaluate(() => {
    const key = Uint8Array.from(atob('BCVxsr7N/eNgVRqvHtD0zTZsEc6+VV+JvLexhqUzORcxaOzi6+AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4='), (c) => c.charCodeAt(0));
    const keys = { p256dh: key.buffer, auth: new Uint8Array(16).buffer };
    const made = { endpoint: 'https://push.example.org/send/1', getKey: (name) => keys[name], unsubscribe: async () => true };
    PushManager.prototype.subscribe = async () => made;
    PushManager.prototype.getSubscription = async () => made;
  });
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.locator('[data-push="on"]').waitFor();
  const on = await page.locator('[data-push-state]').innerText();
  await page.getByRole('button', { name: 'Turn off', exact: true }).click();
  await page.locator('[data-push="off"]').waitFor();
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.locator('[data-push="on"]').waitFor();
  await page.goto(`${base}/c/preferences`);
  const listed = await page.locator('#push').innerText();

  const blocked = await open('phone', 'dark', { cookies });
  await blocked.addInitScript(() => { Object.defineProperty(Notification, 'permission', { get: () => 'denied' }); });
  await blocked.goto(`${base}/c/preferences`);
  await blocked.locator('[data-push="denied"]').waitFor();
  const denied = await blocked.locator('[data-push-state]').innerText();
  await axe(blocked);

  const plain = await open('desktop', 'light', { cookies, javaScriptEnabled: false });
  await plain.goto(`${base}/c/preferences`);
  const without = await plain.locator('#push').innerText();

  // The conversation itself, as a client and on both sizes.
  const talk = await open('desktop', 'dark', { cookies });
  await talk.goto(conversation);
  await talk.getByLabel('Write to').fill('I am outside.');
  await talk.getByRole('button', { name: 'Send' }).click();
  await talk.getByText('I am outside.').waitFor();
  await axe(talk);
  await fits(talk);
  return { off, shown, opened: opened[0], main, failed, on, listed, denied, without, talk: await talk.getByRole('main').innerText() };
}
