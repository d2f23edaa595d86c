// The size of a text message follows what is typed; before that the server's own figure stands there.
export default async function story({ open, args: { base, cookies, typed } }) {
  const page = await open('desktop', 'light', { cookies });
  await page.goto(`${base}/p/templates/running_late/en-GB`);
  const size = page.locator('[data-size="short"]');
  const first = await size.textContent();
  const seen = [];
  for (const text of typed) {
    await page.getByLabel('Text message', { exact: true }).fill(text);
    seen.push(await size.textContent());
  }
  return [...seen, first];
}
