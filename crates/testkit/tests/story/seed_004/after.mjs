// Afterwards: what came of it, and a make-up.
export default async function after({ open, args: { url, cookies } }) {
  const page = await open('desktop', 'light', { cookies });
  await page.goto(url);
  await page.getByRole('radio', { name: 'Rescheduled' }).check();
  await page.getByRole('button', { name: 'Tell the practice', exact: true }).click();
  await page.getByText('The practice has been told.').waitFor();
  await page.getByRole('radio', { name: 'Offer it' }).check();
  await page.getByRole('button', { name: 'Save my choice' }).click();
  await page.getByText('Your decision is on record.').waitFor();
  return { shown: await page.getByRole('main').innerText() };
}
