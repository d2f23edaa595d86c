// "My client can't find their scheduling link": the therapist copies it from the dashboard.
export default async function copyLink({ open, args: { base, cookies, client, cancelled } }) {
  const page = await open('desktop', 'light', { cookies });
  await page.goto(cancelled);
  const left = await page.getByRole('main').innerText();
  // Select Dashboard from the sidebar navigation.
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Dashboard' }).click();
  await page.waitForURL(`${base}/t`);
  // Select the client's name from the dropdown menu in the "Your Practice" area and use the Copy Link button.
  const area = page.getByRole('region', { name: 'Your Practice' });
  await area.getByRole('combobox').selectOption({ label: client });
  await area.getByRole('button', { name: 'Copy Link' }).click();
  return { left, link: await area.getByRole('textbox').inputValue() };
}
