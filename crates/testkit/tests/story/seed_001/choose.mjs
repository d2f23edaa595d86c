// The client opens the link of the e-mail on a phone and takes the first time.
export default async function choose({ open, args: { link } }) {
  const page = await open('phone');
  await page.goto(link);
  await page.getByRole('heading', { name: 'Choose a new time' }).waitFor();
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Confirm my choice' }).click();
  await page.getByRole('button', { name: 'Confirm my choice' }).waitFor({ state: 'detached' });
  return { shown: await page.getByRole('main').innerText() };
}
