// The therapist owns it: the practice and the client are told.
export default async function missed({ open, args: { link, base, appointment } }) {
  const page = await open('phone');
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  await page.goto(`${base}/t/appointments/${appointment}/live?show=missed`);
  await page.getByLabel('Whose side was it on?').selectOption({ label: 'Mine alone' });
  await page.getByRole('button', { name: 'Tell the practice and' }).click();
  await page.getByRole('heading', { name: 'What came of it?' }).waitFor();
  return { shown: await page.getByRole('main').innerText(), url: page.url(), cookies: await page.context().cookies() };
}
