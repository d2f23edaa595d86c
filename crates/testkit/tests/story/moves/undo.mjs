// A change is taken back from the banner on the appointment's page.
export default async function undo({ open, axe, fits, args: { at, id } }) {
  const page = await open('desktop', 'light', { cookies: at.cookies });
  await page.goto(`${at.base}/t/appointments/${id}`);
  await page.getByText(/You can take this back until/).waitFor();
  await axe(page);
  await fits(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Taken back. Nobody was told of it.').waitFor();
  await axe(page);
}
