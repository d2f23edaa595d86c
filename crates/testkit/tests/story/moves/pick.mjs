// The client sees the question on their own page, on a phone, and picks one of the times.
export default async function pick({ open, axe, fits, args: { at } }) {
  const page = await open('phone', 'light', { cookies: at.cookies });
  await page.goto(`${at.base}/c`);
  await page.getByText(/asks you for another time/).waitFor();
  await axe(page);
  await page.getByRole('link', { name: 'Choose a time' }).click();
  await page.getByRole('heading', { name: 'Another time for your session?' }).waitFor();
  await page.getByText(/^Keep /).waitFor();
  await axe(page);
  await fits(page);
  await page.getByRole('radio').nth(1).check();
  await page.getByRole('button', { name: 'Confirm my choice' }).click();
  await page.getByRole('heading', { name: /booked/ }).waitFor();
  await axe(page);
  return { shown: await page.getByRole('main').innerText() };
}
