// The attendance update by keyboard alone on a desktop, then with a thumb on a phone; the banner, and one tap back.
export default async function story({ open, args: { base, cookies, update } }) {
  const page = await open('desktop', 'light', { cookies });
  await page.goto(`${base}${update}`);
  const steps = [];
  const reach = async (label) => {
    for (let n = 0; n < 60; n += 1) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => (document.activeElement.closest('label') ?? document.activeElement).innerText?.trim() ?? '');
      if (found.startsWith(label)) { steps.push(label); return; }
    }
    throw new Error(`Tab never reached ${label}`);
  };
  await reach('Yes');
  await page.keyboard.press('Space');
  await reach('Yes');
  await page.keyboard.press('ArrowDown');
  await reach('Save update');
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: 'has been removed' }).waitFor();
  const banner = await page.getByRole('status').filter({ hasText: 'has been removed' }).innerText();
  const phone = await open('phone', 'light', { cookies });
  await phone.goto(page.url());
  await phone.getByRole('button', { name: 'Add it back' }).first().tap();
  await phone.getByRole('heading', { name: 'Reserved slots', level: 1 }).waitFor();
  return { banner, steps, kept: await phone.getByRole('main').innerText() };
}
