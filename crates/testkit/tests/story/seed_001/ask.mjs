// A therapist asks for a link to sign in.
export default async function ask({ open, args: { base, email } }) {
  const page = await open('desktop');
  await page.goto(`${base}/t`);
  await page.getByLabel('Your email address').fill(email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await page.getByRole('heading', { name: 'Check your email' }).waitFor();
}
