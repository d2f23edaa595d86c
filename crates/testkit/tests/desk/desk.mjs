// What a script adds at the desk: the consequences follow each choice, and a chosen client's link can be copied.
export default async function story({ open, args: { base, cookies, appointment } }) {
  const page = await open('desktop', 'light', { cookies });
  await page.goto(`${base}/t/appointments/${appointment}/cancel`);
  await page.getByLabel('I’m ill', { exact: true }).check();
  await page.getByText('in the therapist’s record').waitFor();
  await page.getByLabel('Promise to be in touch').check();
  await page.getByText('Daniel will hear by').waitFor();
  const offered = await page.getByText('times held until').count();
  await page.goto(`${base}/t`);
  await page.getByLabel('A client’s own booking link').selectOption({ label: 'Daniel Reyes' });
  await page.getByRole('button', { name: 'Copy Link' }).click();
  await page.getByText(/Copied|Selected/).waitFor();
  return { offered, link: await page.getByLabel('Daniel Reyes’s booking link').inputValue() };
}
