// Two taps from the dashboard: I'm running late, about ten minutes.
export default async function late({ open, args: { link } }) {
  const page = await open('phone');
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  await page.getByRole('link', { name: 'I’m running late' }).click();
  await page.getByRole('button', { name: 'About 10 min' }).click();
  await page.getByText('has been written to').waitFor();
  return { shown: await page.getByRole('main').innerText(), url: page.url(), cookies: await page.context().cookies() };
}
