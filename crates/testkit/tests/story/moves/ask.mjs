// A therapist asks a client to move, from the appointment's own page.
export default async function ask({ open, axe, fits, args: { at, id } }) {
  const page = await open('desktop', 'light', { cookies: at.cookies });
  await page.goto(`${at.base}/t/appointments/${id}`);
  await page.getByText('Actions', { exact: true }).click();
  await page.getByRole('link', { name: /Edit Date\/Time: ask/ }).click();
  await page.getByRole('heading', { name: /Ask .* to move/ }).waitFor();
  await axe(page);
  await fits(page);
  // Nothing chosen yet: the form says what is missing.
  await page.getByRole('button', { name: /^Ask / }).click();
  await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
  await axe(page);
  page.faults.length = 0;
  const times = page.getByRole('group', { name: 'Which times can you offer?' }).getByRole('checkbox');
  for (const time of [times.nth(0), times.nth(2)]) await time.setChecked(true);
  await page.getByLabel('Why?').selectOption('therapist_training_meeting');
  await page.getByRole('button', { name: /^Ask / }).click();
  await page.getByRole('heading', { name: /is asked for another time/ }).waitFor();
  await axe(page);
  await fits(page);
}
