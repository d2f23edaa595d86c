// "Cancel an appointment", step by step in the guide's own order.
export default async function cancel({ open, args: { link, client, reason, note } }) {
  const page = await open('desktop');
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
  // Navigate to Appointments via the sidebar navigation.
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Appointments' }).click();
  // Use the List View to search for a client's appointment(s) by name.
  await page.getByRole('link', { name: 'List View' }).click();
  await page.getByLabel('Search by client name').fill(client);
  await page.getByLabel('Search by client name').press('Enter');
  // Select the appointment you'd like to cancel to open the appointment details.
  await page.getByRole('link', { name: client, exact: true }).first().click();
  // Select Actions > Cancel appointment from the dropdown menu in the details view.
  await page.getByText('Actions', { exact: true }).click();
  await page.getByRole('link', { name: 'Cancel appointment' }).click();
  // Fill out the cancellation form and confirm by selecting the Cancel Appointment button.
  await page.getByLabel(reason, { exact: true }).check();
  await page.getByLabel('Offer times now').check();
  const times = page.getByRole('group', { name: 'Next free times' }).getByRole('checkbox');
  for (const time of [times.nth(0), times.nth(1)]) await time.setChecked(true);
  await page.getByLabel('Note for the file').fill(note);
  await page.getByRole('button', { name: 'Cancel Appointment' }).click();
  // A confirmation screen will populate with the appointment details.
  await page.getByRole('heading', { name: 'Appointment cancelled' }).waitFor();
  return { shown: await page.getByRole('main').innerText(), url: page.url(), cookies: await page.context().cookies() };
}
