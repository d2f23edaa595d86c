// The client takes any free time, at no charge.
export default async function take({ open, args: { link } }) {
  const page = await open('phone');
  await page.goto(link);
  await page.getByText('It costs you nothing').waitFor();
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Check and book' }).waitFor();
  const agree = page.getByRole('checkbox');
  if (await agree.count()) await agree.first().check();
  await page.getByRole('button', { name: 'Book this session' }).click();
  await page.getByRole('heading', { name: 'You’re booked' }).waitFor();
  return { shown: await page.getByRole('main').innerText() };
}
